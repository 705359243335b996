import LatchkeyCore

extension Snippet {
    /// Web servers that ask before they serve.
    static let httpDoor = [
        Snippet(name: "nginx", about: "nginx: in a `server` block", text: nginx),
        Snippet(name: "nginx-mail", about: "nginx as a mail proxy: beside the `http` block", text: nginxMail),
        Snippet(name: "caddy", about: "Caddy: in a site block", text: caddy),
        Snippet(name: "traefik", about: "Traefik: dynamic configuration", text: traefik),
    ]

    private static func service(_ deployment: Deployment) -> String { deployment.service?.name ?? "http" }

    @Sendable private static func nginx(_ deployment: Deployment) throws(CommandFailure) -> String {
        """
        location = /_latchkey {
            internal;
            proxy_pass \(try deployment.http())/auth/basic/\(service(deployment));
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_set_header X-Forwarded-For $remote_addr;
        }

        # In each location that is to be protected:
        #   auth_request /_latchkey;
        #   auth_request_set $latchkey_user $upstream_http_remote_user;
        #   proxy_set_header Remote-User $latchkey_user;
        """
    }

    /// A server for each protocol that has somewhere to send people on to.
    @Sendable private static func nginxMail(_ deployment: Deployment) throws(CommandFailure) -> String {
        let lines = [
            Service.imap: "listen 143;\nprotocol imap;\nimap_auth plain login;\nproxy_protocol on;",
            .pop3: "listen 110;\nprotocol pop3;\npop3_auth plain;\nproxy_protocol on;",
            .smtp: "listen 587;\nprotocol smtp;\nsmtp_auth plain login;\nproxy_smtp_auth on;\nxclient on;",
        ]
        let servers = try deployment.mailServices().compactMap { lines[$0] }.map { server in
            "    server {\n        \(server.replacing("\n", with: "\n        "))\n    }"
        }
        return """
            mail {
                auth_http \(try deployment.httpAddress())/auth/nginx-mail;
                proxy_pass_error_message on;

                ssl_certificate     /etc/nginx/mail.pem;
                ssl_certificate_key /etc/nginx/mail.key;
                starttls only;

            \(servers.joined(separator: "\n"))
            }
            """
    }

    @Sendable private static func caddy(_ deployment: Deployment) throws(CommandFailure) -> String {
        """
        forward_auth \(try deployment.http()) {
            uri /auth/basic/\(service(deployment))
            copy_headers Remote-User Remote-Name Remote-Email Remote-Groups
        }
        """
    }

    @Sendable private static func traefik(_ deployment: Deployment) throws(CommandFailure) -> String {
        """
        http:
          middlewares:
            latchkey:
              forwardAuth:
                address: \(try deployment.http())/auth/basic/\(service(deployment))
                trustForwardHeader: false
                authResponseHeaders: [Remote-User, Remote-Name, Remote-Email, Remote-Groups]
        """
    }
}
