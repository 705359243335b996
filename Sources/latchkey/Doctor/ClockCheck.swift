import Foundation
import LatchkeyCore
import Storage

/// The clock: app passwords expire and one-time codes are compared by it.
struct ClockCheck {
    let house: Installation
    let now: Timestamp

    func run() async -> [Finding] {
        let check = "clock"
        do {
            let last = try await house.audit.entries(matching: AuditFilter(), limit: 1).first?.event.time
            if let last, last > now + .seconds(5) {
                return [
                    .bad(
                        check, "it is \(now), and the audit log has an event of \(last)",
                        fix: "Set the clock right, and keep it so with chrony or systemd-timesyncd.")
                ]
            }
        } catch {
            // Told by the database's own check.
        }
        return [
            Self.isSynchronised
                ? .good(check, "\(now), kept in step with others")
                : .warning(
                    check, "\(now), and nothing keeps it in step",
                    fix: "Run chrony or systemd-timesyncd: one-time codes fail when it is a minute off.")
        ]
    }

    /// Whether a time service says that it is at work. The kernel's own word (adjtimex(2)) is not within Swift's reach.
    private static var isSynchronised: Bool {
        ["/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/run/ntpd.pid"]
            .contains { FileManager.default.fileExists(atPath: $0) }
    }
}
