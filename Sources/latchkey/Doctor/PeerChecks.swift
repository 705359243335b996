import Foundation
import Glibc
import LatchkeyCore
import Settings

/// The servers of this machine that could ask Latchkey: whether they do, and whether they can.
struct PeerChecks {
    let settings: Settings.Doors

    func run() async -> [Finding] {
        var findings: [Finding] = []
        if let postfix = await postfix() { findings.append(postfix) }
        for (name, program, arguments) in [("nginx", "nginx", ["-T"]), ("Dovecot", "doveconf", ["-n"])] {
            guard let configuration = await output(of: program, arguments) else { continue }
            let isAsking = addresses.contains { configuration.contains($0) }
            findings.append(
                .good(
                    name,
                    isAsking ? "it is on this machine and asks Latchkey" : "it is on this machine and does not ask"))
        }
        return findings
    }

    /// Every address of a door as it would stand in another program's configuration.
    private var addresses: [String] {
        (settings.http.listen + settings.http.tlsListen + settings.dovecot.listen + settings.saslauthd.listen).map {
            address in
            if case .unix(let path) = address { path } else { address.reachable }
        }
    }

    private func postfix() async -> Finding? {
        guard
            let answer = await output(of: "postconf", ["-hx", "smtpd_sasl_type", "smtpd_sasl_path", "queue_directory"])
        else { return nil }
        let values = answer.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        guard values.count >= 3, values[0] == "dovecot", let asked = Self.address(values[1], in: values[2]) else {
            return .good("Postfix", "it is on this machine and does not ask (latchkey snippet postfix shows how)")
        }
        guard settings.dovecot.listen.contains(asked) else {
            return .good("Postfix", "it asks at \(asked), which is no door of this Latchkey")
        }
        if case .unix(let path) = asked, let problem = Self.closedToPostfix(path) {
            return .bad(
                "Postfix", problem, fix: "Set doors.dovecot.socket-group: postfix, and start Latchkey again.")
        }
        return .good("Postfix", "it asks at \(asked)")
    }

    /// `private/auth` is below the queue directory; `unix:PATH` and `inet:HOST:PORT` say what they are.
    private static func address(_ path: String, in queue: String) -> ListenAddress? {
        let text =
            if path.hasPrefix("inet:") {
                String(path.dropFirst("inet:".count))
            } else if path.hasPrefix("unix:") {
                path
            } else {
                "unix:" + (path.hasPrefix("/") ? path : "\(queue)/\(path)")
            }
        do { return try ListenAddress(text) } catch { return nil }
    }

    private static func closedToPostfix(_ path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, let postfix = getgrnam("postfix")?.pointee.gr_gid else { return nil }
        let isOpen = status.st_mode & 0o002 != 0 || status.st_gid == postfix && status.st_mode & 0o020 != 0
        return isOpen ? nil : "it asks at \(path), which its group may not open"
    }
}
