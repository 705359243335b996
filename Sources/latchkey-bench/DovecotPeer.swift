import Foundation
import Glibc
import LatchkeyCore

/// A Dovecot auth service from the system's packages, with the same number of accounts in a passwd-file: the peer to compare with.
struct DovecotPeer {
    let process: Process
    let socket: String

    /// Nil if Dovecot is not installed.
    static func start(in directory: URL, accounts: Int, cached: Bool) throws -> DovecotPeer? {
        guard FileManager.default.isExecutableFile(atPath: "/usr/sbin/dovecot") else { return nil }
        let home = directory.appending(path: cached ? "dovecot-cached" : "dovecot")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        try Data(passwordFile(accounts).utf8).write(to: home.appending(path: "users"))
        let socket = home.appending(path: "auth").path
        let configuration = home.appending(path: "dovecot.conf")
        try Data(text(home: home.path, cached: cached).utf8).write(to: configuration)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/sbin/dovecot")
        process.arguments = ["-F", "-c", configuration.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let peer = DovecotPeer(process: process, socket: socket)
        guard appears(socket) else {
            peer.stop()
            throw LoadError("Dovecot does not listen; see \(home.path)/log", 0)
        }
        return peer
    }

    /// By SIGKILL: a child inherits the signals that threads of our pool block, SIGTERM among them.
    func stop() {
        for process in processes + [process.processIdentifier] { kill(process, SIGKILL) }
        process.waitUntilExit()
    }

    /// Its auth processes: what checks passwords, without the master.
    var processes: [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { pid_t($0) }.filter { candidate in
            guard let stat = try? String(contentsOfFile: "/proc/\(candidate)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return false }
            let fields = stat[end...].split(separator: " ")
            return fields.count > 2 && fields[2] == "\(process.processIdentifier)"
        }
    }

    /// One password each; hashed as cheaply as Dovecot can, so that its protocol and look-up are what is measured.
    private static func passwordFile(_ accounts: Int) -> String {
        var lines = ""
        for account in 0..<accounts { lines += "\(Seed.login(account)):{PLAIN}\(Seed.shown(account, 0))\n" }
        return lines
    }

    private static func text(home: String, cached: Bool) -> String {
        """
        base_dir = \(home)/run
        state_dir = \(home)/state
        log_path = \(home)/log
        protocols =
        ssl = no
        auth_mechanisms = plain login
        auth_failure_delay = 0
        \(cached ? "auth_cache_size = 128 M" : "auth_cache_size = 0")
        passdb {
          driver = passwd-file
          args = scheme=PLAIN username_format=%u \(home)/users
        }
        userdb {
          driver = static
          args = uid=65534 gid=65534 home=/nonexistent
        }
        service auth {
          client_limit = 4096
          unix_listener \(home)/auth {
            mode = 0666
          }
        }
        """
    }

    private static func appears(_ socket: String) -> Bool {
        for _ in 0..<200 {
            if FileManager.default.fileExists(atPath: socket) { return true }
            usleep(50_000)
        }
        return false
    }
}
