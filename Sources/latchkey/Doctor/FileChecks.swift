import Foundation
import Glibc
import LatchkeyCore
import Settings

/// The data directory and the files that hold keys: there, ours, and closed to others.
struct FileChecks {
    let directory: URL
    let settings: Settings

    func run() -> [Finding] {
        var findings = [
            closed("data directory", directory.path, mode: 0o700),
            closed("master key", directory.appending(path: Installation.masterKeyName).path, mode: 0o600),
            closed("database file", directory.appending(path: Installation.databaseName).path, mode: 0o600),
            room(),
        ]
        if let key = settings.tls.key { findings.append(closed("certificate's key", key, mode: 0o640)) }
        return findings
    }

    /// Nobody may have more of it than `mode` gives, and it must belong to whoever runs Latchkey.
    private func closed(_ check: String, _ path: String, mode: mode_t) -> Finding {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return .bad(
                check, "\(path) cannot be seen: \(String(cString: strerror(errno)))",
                fix: "Check the path and who may enter its directories.")
        }
        let excess = status.st_mode & 0o777 & ~mode & 0o077
        guard excess == 0 else {
            return .bad(
                check, "\(path) is open to others (mode \(String(status.st_mode & 0o777, radix: 8)))",
                fix: "Run chmod \(String(mode, radix: 8)) \(path)")
        }
        return .good(check, "\(path) is closed to others")
    }

    /// Sign-ins cannot be recorded on a full disk, and are then refused for the time being.
    private func room() -> Finding {
        var status = statvfs()
        guard statvfs(directory.path, &status) == 0 else {
            return .bad(
                "disk", "its free space cannot be seen: \(String(cString: strerror(errno)))",
                fix: "Check that \(directory.path) is there.")
        }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        let gibibytes = String(format: "%.1f GiB free", Double(free) / 1_073_741_824)
        return free < 1_073_741_824
            ? .warning("disk", gibibytes, fix: "Make room: on a full disk nobody signs in.") : .good("disk", gibibytes)
    }
}
