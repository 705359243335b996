import LatchkeyCore

extension Snippet {
    /// What stands in front of Latchkey and passes RADIUS on to it.
    static let radiusDoor = [
        Snippet(name: "freeradius", about: "FreeRADIUS 3: /etc/freeradius/3.0/proxy.conf", text: freeRADIUS),
        Snippet(name: "radsecproxy", about: "radsecproxy: /etc/radsecproxy.conf, for TLS", text: radsecproxy),
    ]

    @Sendable private static func freeRADIUS(_ deployment: Deployment) throws(CommandFailure) -> String {
        let (host, port) = try deployment.radius()
        return """
            home_server latchkey {
                type = auth
                ipaddr = \(host)
                port = \(port)
                # What stands in \(try deployment.radiusSecretFile())
                secret = SECRET
                require_message_authenticator = yes
                response_window = 6
                status_check = status-server
            }
            home_server_pool latchkey {
                home_server = latchkey
            }
            realm latchkey {
                auth_pool = latchkey
                nostrip
            }
            """
    }

    /// Over TLS the secret is the same for everybody, and secures nothing (RFC 6614 §2.3).
    @Sendable private static func radsecproxy(_ deployment: Deployment) throws(CommandFailure) -> String {
        let (host, port) = try deployment.radsec()
        return """
            tls latchkey {
                CACertificateFile /etc/radsecproxy/issuer.pem
                CertificateFile /etc/radsecproxy/proxy.pem
                CertificateKeyFile /etc/radsecproxy/proxy.key
            }
            server latchkey {
                host \(host)
                port \(port)
                type tls
                tls latchkey
                secret radsec
                statusServer on
            }
            realm * {
                server latchkey
            }
            """
    }
}
