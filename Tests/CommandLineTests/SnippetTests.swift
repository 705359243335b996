import Foundation
import Testing

struct SnippetTests {

    private func snippet(_ server: String, _ variables: [String: String], _ more: String...) throws -> Program.Outcome {
        try Program.run(["snippet", server] + more, environment: variables)
    }

    @Test("a snippet has this deployment's addresses")
    func addresses() throws {
        let socket = ["LATCHKEY_DOORS_DOVECOT_LISTEN": "unix:/var/spool/postfix/private/latchkey,127.0.0.1:12345"]
        // As smtpd sees it from within its chroot.
        #expect(try snippet("postfix", socket).output.contains("smtpd_sasl_path = private/latchkey\n"))
        #expect(try snippet("exim", socket).output.contains("server_socket = /var/spool/postfix/private/latchkey\n"))
        let port = ["LATCHKEY_DOORS_DOVECOT_LISTEN": "0.0.0.0:12345"]
        #expect(try snippet("postfix", port).output.contains("smtpd_sasl_path = inet:127.0.0.1:12345\n"))
        #expect(try snippet("radicale", port).output.contains("dovecot_port = 12345\n"))
        let directory = ["LATCHKEY_DOORS_LDAP_LISTEN": "127.0.0.1:389", "LATCHKEY_DOMAIN": "example.com"]
        #expect(
            try snippet("dovecot", directory).output.hasPrefix(
                """
                uris = ldap://127.0.0.1:389
                auth_bind = yes
                auth_bind_userdn = uid=%u,ou=people,app=imap,dc=example,dc=com
                base = dc=example,dc=com
                """))
        let web = try snippet("nginx", ["LATCHKEY_DOORS_HTTP_LISTEN": "127.0.0.1:8099"], "--service", "http:wiki")
        #expect(web.output.contains("proxy_pass http://127.0.0.1:8099/auth/basic/http:wiki;"))
        #expect(web.code == 0 && web.errors.isEmpty)
    }

    @Test("what stands before the portal has the name that browsers call it, and where it listens")
    func portal() throws {
        let variables = ["LATCHKEY_PORTAL_URL": "https://keys.example.com", "LATCHKEY_PORTAL_LISTEN": "0.0.0.0:8088"]
        let nginx = try snippet("nginx-portal", variables).output
        #expect(nginx.contains("listen 443 ssl;") && nginx.contains("server_name keys.example.com;"))
        #expect(nginx.contains("proxy_pass http://127.0.0.1:8088;"))
        let other = ["LATCHKEY_PORTAL_URL": "https://[2001:db8::5]:8443"]
        #expect(
            try snippet("caddy-portal", other).output.hasPrefix(
                "[2001:db8::5]:8443 {\n    reverse_proxy 127.0.0.1:8080\n"))
        #expect(try snippet("caddy-portal", variables).output.hasPrefix("keys.example.com {\n"))
        for plain in [[:], ["LATCHKEY_PORTAL_URL": "http://localhost:8080"]] {
            let outcome = try snippet("nginx-portal", plain)
            #expect(outcome.code == 78 && outcome.errors.contains("portal.url"))
        }
    }

    @Test("a door that is closed, or has another port at each start, is named with the key to set")
    func closed() throws {
        for variables in [[:], ["LATCHKEY_DOORS_DOVECOT_LISTEN": "127.0.0.1:0"]] {
            let outcome = try snippet("postfix", variables)
            #expect(outcome.code == 78 && outcome.output.isEmpty)
            #expect(outcome.errorLines.count == 1 && outcome.errors.contains("doors.dovecot.listen"))
        }
    }

    @Test("what runs a command finds the program and the socket; Cyrus SASL finds the door")
    func commands() throws {
        let data = ["LATCHKEY_DATA": "/var/lib/latchkey"]
        let pam = try snippet("pam", data, "--service", "vpn").output
        #expect(
            pam.contains("/latchkey check --pam --socket /var/lib/latchkey/latchkey.sock --service vpn\n"), "\(pam)")
        let moved = data.merging(["LATCHKEY_CHECK_SOCKET": "unix:/run/latchkey/check"]) { $1 }
        let passdb = try snippet("dovecot-passdb", moved).output
        #expect(passdb.contains("/latchkey check --checkpassword --socket /run/latchkey/check --\n"), "\(passdb)")
        let mux = ["LATCHKEY_DOORS_SASLAUTHD_LISTEN": "unix:/run/saslauthd/mux"]
        #expect(try snippet("cyrus-sasl", mux).output.contains("saslauthd_path: /run/saslauthd/mux\n"))
        #expect(try snippet("pam", [:]).code == 78)
    }

    @Test("what looks people up by LDAP is told the door, the tree of its service and whose token to use")
    func directory() throws {
        let door = ["LATCHKEY_DOORS_LDAP_LISTEN": "127.0.0.1:389", "LATCHKEY_DOMAIN": "example.com"]
        let url =
            #"AuthLDAPURL "ldap://127.0.0.1:389/ou=people,app=wiki,dc=example,dc=com?uid?sub?(objectClass=inetOrgPerson)""#
        let apache = try snippet("apache", door, "--service", "wiki").output
        #expect(apache.contains(url) && apache.contains(#"AuthLDAPBindDN "cn=apache,ou=services,dc=example,dc=com""#))
        #expect(apache.contains("latchkey service-token create apache --read-directory\n"))
        let overTLS = [
            "LATCHKEY_DOORS_LDAP_TLS_LISTEN": "0.0.0.0:636", "LATCHKEY_DOMAIN": "example.com",
            "LATCHKEY_TLS_CERTIFICATE": "/etc/latchkey/tls.pem", "LATCHKEY_TLS_KEY": "/etc/latchkey/tls.key",
        ]
        let nextcloud = try snippet("nextcloud", overTLS).output
        #expect(nextcloud.contains(#"ldapHost "ldaps://127.0.0.1"\#n"#) && nextcloud.contains(#"ldapPort "636"\#n"#))
        #expect(nextcloud.contains(#"ldapBaseUsers "ou=people,app=nextcloud,dc=example,dc=com"\#n"#))
        #expect(try snippet("nslcd", door).output.contains("base ou=people,app=ldap,dc=example,dc=com\n"))
        #expect(try snippet("radicale-ldap", door).output.contains("ldap_uri = ldap://127.0.0.1:389\n"))
        for server in ["apache", "nextcloud", "nslcd", "radicale-ldap"] {
            let closed = try snippet(server, ["LATCHKEY_DOMAIN": "example.com"])
            #expect(closed.code == 78 && closed.errors.contains("doors.ldap.listen"), "\(server)")
        }
    }

    @Test("nginx listens for the protocols that it has somewhere to send on to")
    func mailProxy() throws {
        let mail = try snippet("nginx-mail", ["LATCHKEY_DOORS_HTTP_NGINX_MAIL_IMAP": "192.0.2.10:143"]).output
        #expect(mail.hasPrefix("mail {\n    auth_http 127.0.0.1:8090/auth/nginx-mail;\n"))
        #expect(mail.contains("protocol imap;") && !mail.contains("protocol pop3;") && !mail.contains("protocol smtp;"))
        let nowhere = try snippet("nginx-mail", [:])
        #expect(nowhere.code == 78 && nowhere.errors.contains("doors.http.nginx-mail.imap"))
    }

    @Test("what passes RADIUS on is told the door, and where its secret stands, but not the secret")
    func radius() throws {
        let file = FileManager.default.temporaryDirectory.appending(component: "radius-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        let door = """
            doors:
              radius:
                listen: 127.0.0.1:1812
                clients:
                  wifi: { networks: [127.0.0.1], secret-file: /etc/latchkey/wifi.secret, service: wifi }
                  vpn: { networks: [192.0.2.7], secret-file: /etc/latchkey/vpn.secret, service: vpn }

            """
        try door.write(to: file, atomically: true, encoding: .utf8)
        let given = ["--config", file.path]
        let freeRADIUS = try Program.run(["snippet", "freeradius", "--service", "wifi"] + given)
        #expect(freeRADIUS.output.contains("    port = 1812\n") && freeRADIUS.output.contains("    secret = SECRET\n"))
        #expect(freeRADIUS.output.contains("# What stands in /etc/latchkey/wifi.secret\n"), "\(freeRADIUS.errors)")
        let unknown = try Program.run(["snippet", "freeradius", "--service", "imap"] + given)
        #expect(unknown.code == 78 && unknown.errors.contains("doors.radius.clients"))
        let overTLS = try Program.run(["snippet", "radsecproxy"] + given)
        #expect(overTLS.code == 78 && overTLS.errors.contains("doors.radius.tls-listen"))
        let closed = try snippet("freeradius", [:])
        #expect(closed.code == 78 && closed.errors.contains("doors.radius.listen"))
    }

    @Test(
        "what docs/servers.md shows is what is printed",
        arguments: [
            ("postfix", nil), ("postfix-cyrus", nil), ("cyrus-sasl", nil), ("cyrus-imapd", nil), ("nginx-mail", nil),
            ("caddy", "http:wiki"), ("traefik", "http:wiki"), ("dovecot", nil), ("apache", "wiki"),
            ("radicale-ldap", nil), ("nslcd", "vpn"), ("freeradius", nil), ("radsecproxy", nil),
        ] as [(String, String?)])
    func documented(server: String, service: String?) throws {
        let file = FileManager.default.temporaryDirectory.appending(component: "documented-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        let deployment = """
            domain: example.com
            tls: { certificate: /etc/latchkey/tls.pem, key: /etc/latchkey/tls.key }
            doors:
              dovecot: { listen: ["unix:/var/spool/postfix/private/latchkey"] }
              saslauthd: { listen: ["unix:/run/saslauthd/mux"] }
              http: { nginx-mail: { imap: "192.0.2.10:143", pop3: "192.0.2.10:110", smtp: "192.0.2.10:587" } }
              ldap: { listen: ["127.0.0.1:389"] }
              radius:
                listen: ["127.0.0.1:1812"]
                tls-listen: ["192.0.2.1:2083"]
                client-issuers: /etc/latchkey/radius-clients.pem
                clients:
                  freeradius: { networks: [127.0.0.1], secret-file: /etc/latchkey/freeradius.secret, service: wifi }

            """
        try deployment.write(to: file, atomically: true, encoding: .utf8)
        let printed = try Program.run(
            ["snippet", server, "--config", file.path] + (service.map { ["--service", $0] } ?? []))
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/servers.md")
        let shown = try String(contentsOf: page, encoding: .utf8)
        #expect(printed.code == 0 && shown.contains("\n" + printed.output), "\(printed.output)\(printed.errors)")
    }

    @Test("a server that nobody wrote a snippet for is told with those that there are")
    func unknown() throws {
        let outcome = try snippet("sendmail", [:])
        #expect(outcome.code == 64 && outcome.errors.contains("postfix"))
    }

    @Test("--json prints one value")
    func json() throws {
        let object = try snippet("caddy", [:], "--service", "http:wiki", "--json").object()
        #expect(object["server"] as? String == "caddy")
        #expect((object["text"] as? String)?.contains("/auth/basic/http:wiki") == true)
    }
}
