import Foundation

/// FreeRADIUS with its `files` and `pap` modules.
struct FreeRADIUSPeer: PeerServer {
    static let package = "freeradius"
    static let program = "/usr/sbin/freeradius"

    let accounts: Int

    let name = "FreeRADIUS, files + pap"

    func start(in home: URL) throws -> (ServerProcess, Endpoint) {
        let endpoint = try Endpoint.freeUDP()
        var users = ""
        for account in 0..<accounts {
            users += "\(Seed.login(account)) Cleartext-Password := \"\(Seed.shown(account, 0))\"\n"
        }
        try Data(users.utf8).write(to: home.appending(path: "users"))
        try Data().write(to: home.appending(path: "dictionary"))
        try Data(text(home: home.path, port: endpoint.port).utf8).write(to: home.appending(path: "radiusd.conf"))
        // It takes no configuration that others may read.
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: home.path)
        let process = try ServerProcess(
            Self.program, ["-f", "-n", "radiusd", "-d", home.path, "-l", "\(home.path)/log"], in: home)
        return (process, endpoint)
    }

    private func text(home: String, port: UInt16) -> String {
        """
        name = radiusd
        prefix = /usr
        libdir = /usr/lib/freeradius
        raddbdir = \(home)
        logdir = \(home)
        run_dir = \(home)
        max_requests = 65536
        log {
          destination = files
          file = \(home)/log
          auth = no
        }
        security {
          reject_delay = 0
        }
        thread pool {
          start_servers = 2
          max_servers = 8
          min_spare_servers = 1
          max_spare_servers = 4
        }
        client bench {
          ipaddr = 127.0.0.1
          secret = "\(RADIUSDialogue.secret)"
          require_message_authenticator = yes
        }
        modules {
          pap {
          }
          files {
            filename = \(home)/users
          }
        }
        server bench {
          listen {
            type = auth
            ipaddr = 127.0.0.1
            port = \(port)
          }
          authorize {
            files
            pap
          }
          authenticate {
            Auth-Type PAP {
              pap
            }
          }
        }

        """
    }
}
