import Foundation

/// Dovecot's auth service with a passwd-file.
struct DovecotPeer: PeerServer {
    static let package = "dovecot-core"
    static let program = "/usr/sbin/dovecot"

    let accounts: Int
    /// Whether it keeps what it has looked up.
    let isCached: Bool

    var name: String { isCached ? "Dovecot, passwd-file {PLAIN}, auth cache" : "Dovecot, passwd-file {PLAIN}" }

    func start(in home: URL) throws -> (ServerProcess, Endpoint) {
        try Data(passwordFile.utf8).write(to: home.appending(path: "users"))
        let configuration = home.appending(path: "dovecot.conf")
        try Data(text(home: home.path).utf8).write(to: configuration)
        let process = try ServerProcess(Self.program, ["-F", "-c", configuration.path], in: home)
        return (process, .unix(path: home.appending(path: "auth").path))
    }

    /// As cheap to check as Dovecot can, so that its protocol and look-up are what is measured.
    private var passwordFile: String {
        var lines = ""
        for account in 0..<accounts { lines += "\(Seed.login(account)):{PLAIN}\(Seed.shown(account, 0))\n" }
        return lines
    }

    private func text(home: String) -> String {
        """
        base_dir = \(home)/run
        state_dir = \(home)/state
        log_path = \(home)/log
        protocols =
        ssl = no
        auth_mechanisms = plain login
        auth_failure_delay = 0
        \(isCached ? "auth_cache_size = 128 M" : "auth_cache_size = 0")
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
}
