extension Snippet {
    /// Web servers that do TLS for the portal.
    static let portal = [
        Snippet(name: "nginx-portal", about: "nginx before the portal: in the `http` block", text: nginx),
        Snippet(name: "caddy-portal", about: "Caddy before the portal: in the Caddyfile", text: caddy),
    ]

    @Sendable private static func nginx(_ deployment: Deployment) throws(CommandFailure) -> String {
        let portal = try deployment.portal()
        return """
            server {
                listen \(portal.port) ssl;
                listen [::]:\(portal.port) ssl;
                server_name \(portal.host);
                ssl_certificate     /etc/nginx/portal.pem;
                ssl_certificate_key /etc/nginx/portal.key;

                location / {
                    proxy_pass http://\(portal.listens);
                    proxy_http_version 1.1;
                    proxy_set_header Host $http_host;
                    proxy_set_header X-Forwarded-For $remote_addr;
                }
            }
            """
    }

    @Sendable private static func caddy(_ deployment: Deployment) throws(CommandFailure) -> String {
        let portal = try deployment.portal()
        return """
            \(portal.host)\(portal.port == 443 ? "" : ":\(portal.port)") {
                reverse_proxy \(portal.listens)
            }
            """
    }
}
