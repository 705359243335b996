import LatchkeyCore

extension Snippet {
    /// Servers that ask a Dovecot auth service.
    static let dovecotDoor = [
        Snippet(name: "postfix", about: "Postfix: /etc/postfix/main.cf", text: postfix),
        Snippet(name: "exim", about: "Exim: below `begin authenticators`", text: exim),
        Snippet(name: "radicale", about: "Radicale 3.3.1 or later: its config file", text: radicale),
        Snippet(name: "chasquid", about: "chasquid: chasquid.conf", text: chasquid),
        Snippet(name: "maddy", about: "maddy: maddy.conf", text: maddy),
    ]

    /// Debian's smtpd runs in a chroot of the queue directory, from where a path inside it is relative.
    private static let queueDirectory = "/var/spool/postfix/"

    @Sendable private static func postfix(_ deployment: Deployment) throws(CommandFailure) -> String {
        let path =
            switch try deployment.dovecot() {
            case .unix(let path) where path.hasPrefix(queueDirectory): String(path.dropFirst(queueDirectory.count))
            case .unix(let path): "unix:\(path)"
            case .tcp: "inet:\(try deployment.dovecot().reachable)"
            }
        return """
            smtpd_sasl_auth_enable = yes
            smtpd_sasl_type = dovecot
            smtpd_sasl_path = \(path)
            smtpd_sasl_security_options = noanonymous
            smtpd_tls_auth_only = yes
            smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
            """
    }

    @Sendable private static func exim(_ deployment: Deployment) throws(CommandFailure) -> String {
        let socket =
            switch try deployment.dovecot() {
            case .unix(let path): path
            case .tcp(let host, let port): "\(host) \(port)"
            }
        return ["PLAIN", "LOGIN"].map { mechanism in
            """
            latchkey_\(mechanism.lowercased()):
              driver = dovecot
              public_name = \(mechanism)
              server_socket = \(socket)
              server_set_id = $auth1
              server_advertise_condition = ${if def:tls_in_cipher}
            """
        }.joined(separator: "\n\n")
    }

    @Sendable private static func radicale(_ deployment: Deployment) throws(CommandFailure) -> String {
        let place =
            switch try deployment.dovecot() {
            case .unix(let path): "dovecot_socket = \(path)"
            case .tcp(let host, let port):
                "dovecot_connection_type = AF_INET\ndovecot_host = \(host)\ndovecot_port = \(port)"
            }
        return """
            [auth]
            type = dovecot
            \(place)
            """
    }

    @Sendable private static func chasquid(_ deployment: Deployment) throws(CommandFailure) -> String {
        guard case .unix(let path) = try deployment.dovecot() else {
            throw .configuration("doors.dovecot.listen: chasquid asks over a Unix socket: add unix:/run/latchkey/auth")
        }
        return """
            dovecot_auth: true
            dovecot_client_path: "\(path)"
            """
    }

    @Sendable private static func maddy(_ deployment: Deployment) throws(CommandFailure) -> String {
        let place =
            switch try deployment.dovecot() {
            case .unix(let path): "unix://\(path)"
            case .tcp: "tcp://\(try deployment.dovecot().reachable)"
            }
        return "auth dovecot_sasl \(place)"
    }
}
