import Foundation
import Glibc

/// Cyrus SASL's saslauthd with its own database.
///
/// The path of that database is compiled in: the server gets a mount namespace of its own, in which another file is at that path.
/// `saslpasswd2` fills it, one process a password, so there are few.
struct SaslauthdPeer: PeerServer {
    static let package = "sasl2-bin"
    static let program = "/usr/sbin/saslauthd"

    let accounts: Int

    let name = "saslauthd -a sasldb"

    func start(in home: URL) throws -> (ServerProcess, Endpoint) {
        let database = home.appending(path: "sasldb2")
        var script = "set -e\n"
        for account in 0..<accounts {
            let login = Seed.login(account).split(separator: "@")[0]
            script +=
                "printf %s '\(Seed.shown(account, 0))' | saslpasswd2 -p -c -f sasldb2 -u \(Seed.domain) \(login)\n"
        }
        try Data(script.utf8).write(to: home.appending(path: "fill"))
        try ServerProcess.finish("/bin/sh", ["fill"], in: home)
        // Root of its own namespace suffices where this one is not run by root.
        let mapping = geteuid() == 0 ? [] : ["--map-root-user"]
        let start =
            "mount --bind '\(database.path)' /etc/sasldb2 && exec \(Self.program) -a sasldb -n 5 -m '\(home.path)'"
        let process = try ServerProcess("/usr/bin/unshare", mapping + ["--mount", "/bin/sh", "-c", start], in: home)
        try process.follow(pidFile: home.appending(path: "saslauthd.pid"))
        return (process, .unix(path: home.appending(path: "mux").path))
    }
}
