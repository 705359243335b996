import Foundation
import Testing

@testable import Settings

struct ProblemTests {
    private func problems(_ yaml: String, _ environment: [String: String] = [:]) -> [String] {
        problems(Array(yaml.utf8), environment)
    }

    private func problems(_ yaml: [UInt8], _ environment: [String: String] = [:]) -> [String] {
        do {
            _ = try Settings.parse(yaml: yaml, name: "latchkey.yaml", environment: environment)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test("every problem is told at once, each with its line, its key and the fix")
    func all() {
        let told = problems(
            """
            domian: example.com
            portal:
              listen: foo
            doors:
              dovecot:
                listen:
                  - unix:/run/latchkey/auth
                  - unix:relative
                temporary-failure: sometimes
              http:
                lsten: 127.0.0.1:1
            """, ["LATCHKEY_LOG_LEVEL": "loud", "LATCHKEY_PORTAL_LISTN": "x"])
        #expect(
            told == [
                "latchkey.yaml:1: domian: there is no such key: did you mean domain?",
                "latchkey.yaml:3: portal.listen: “foo” is no address: write 127.0.0.1:8080",
                "latchkey.yaml:8: doors.dovecot.listen: “unix:relative” is no address: write unix:/run/latchkey/auth or 127.0.0.1:12345",
                "latchkey.yaml:9: doors.dovecot.temporary-failure: “sometimes” is no way to fail: write automatic, close or reply",
                "latchkey.yaml:11: doors.http.lsten: there is no such key: did you mean doors.http.listen?",
                "LATCHKEY_LOG_LEVEL: “loud” is no log level: write trace, debug, info, notice, warning, error or critical",
                "LATCHKEY_PORTAL_LISTN: there is no such setting: did you mean LATCHKEY_PORTAL_LISTEN?",
            ])
    }

    @Test("the LDAP door needs a base, from the domain or its own")
    func ldapBase() {
        let listen = "doors:\n  ldap:\n    listen: 127.0.0.1:389\n"
        #expect(
            problems(listen) == [
                "latchkey.yaml:3: doors.ldap.base: the LDAP door needs a base: give domain, or doors.ldap.base"
            ])
        #expect(problems(listen + "    base: dc=example,dc=com\n") == [])
        #expect(problems(listen + "domain: example.com\n") == [])
    }

    @Test("codes by mail need a mail server")
    func codesByMail() {
        #expect(
            problems("sign-in:\n  codes-by-mail: true\n") == [
                "latchkey.yaml:2: mail.server: sign-in.codes-by-mail needs a mail server that takes them"
            ])
    }

    @Test(
        "a value of the wrong shape is refused",
        arguments: [
            "domain: [a, b]", "domain:", "portal: 127.0.0.1:80", "portal:\n  listen: {host: a}",
            "doors:\n  http:\n    listen: [[a]]",
            "data: relative", "domain: a@b", "domain: a..b", "domain: -a.example",
            "portal:\n  listen: unix:/run/portal",
            "portal:\n  url: keys.example.com", "portal:\n  url: https://keys.example.com/path",
            "portal:\n  url: http://keys.example.com", "portal:\n  url: https://a@b", "log: {level: 3}",
            "notify:\n  webhook:\n    url: http://h.example/a", "notify:\n  webhook:\n    url: https://h.example/a#b",
            "notify:\n  webhook:\n    url: https://h.example/ä", "notify:\n  dovecot:\n    url: https://h.example/a",
            "- a list", "just text", "[a, b]: c", "doors:\n  http:\n    trusted: [10.0.0.0/33]",
            "doors:\n  dovecot:\n    socket-group: a b",
            "doors:\n  saslauthd:\n    listen: 127.0.0.1:1", "doors:\n  saslauthd:\n    realm: both",
            "check:\n  socket: /run/latchkey/check",
            "domain: a\ndoors:\n  ldap:\n    listen: unix:/run/ldap",
            "doors:\n  ldap:\n    base: example.com", "doors:\n  ldap:\n    base: dc=a,,dc=b",
            "doors:\n  ldap:\n    base: 'dc=a\\,b'", "doors:\n  ldap:\n    base: uid=a,dc=b",
            "doors:\n  ldap:\n    service: a b", "doors:\n  ldap:\n    anonymous-search: yes",
            "portal:\n  listen: 127.0.0.1:65536", "portal:\n  listen: '::1:80'", "domain: one\ndomain: two",
            "---\na: b\n---\nc: d",
            "a: [", "\tdomain: x", "portal.listen: 127.0.0.1:1",
        ])
    func shapes(yaml: String) {
        let told = problems(yaml)
        #expect(told.count == 1, "\(told)")
        #expect(told.allSatisfy { $0.hasPrefix("latchkey.yaml:") && !$0.contains("\n") })
    }

    @Test("who is told of revocations is given together with the secret for it")
    func pairs() {
        #expect(
            problems("notify:\n  dovecot:\n    url: http://127.0.0.1:8180\n  webhook:\n    secret-file: /etc/secret")
                == [
                    "latchkey.yaml:3: notify.dovecot.key-file: notify.dovecot.url and notify.dovecot.key-file are given together",
                    "latchkey.yaml:5: notify.webhook.url: notify.webhook.url and notify.webhook.secret-file are given together",
                ])
    }

    @Test(
        "a website on the own machine may do without TLS",
        arguments: ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"])
    func localWebsite(url: String) {
        #expect(problems("portal:\n  url: '\(url)'") == [])
    }

    @Test("nginx is told addresses, not host names, and the problem says so")
    func hostName() {
        #expect(
            problems("doors:\n  http:\n    nginx-mail:\n      imap: mail.example.com:143")
                == [
                    "latchkey.yaml:4: doors.http.nginx-mail.imap: “mail.example.com:143” is no IP address with a port: write 192.0.2.10:143 or [2001:db8::10]:143 (nginx takes no host name here)"
                ])
    }

    @Test("two listeners at one address are told, even if one is there by default")
    func sameAddress() {
        #expect(
            problems("portal:\n  listen: 127.0.0.1:8090")
                == [
                    "latchkey.yaml:2: doors.http.listen: 127.0.0.1:8090 is taken by portal.listen already: choose another port or path"
                ])
        #expect(problems("portal:\n  listen: 127.0.0.1:0\ndoors:\n  http:\n    listen: 127.0.0.1:0") == [])
    }

    @Test("a value shown in a problem cannot forge a line and is cut")
    func forged() throws {
        let told = try #require(
            problems("", ["LATCHKEY_DOMAIN": "a\u{1b}[31m\nb" + String(repeating: "c", count: 500)]).first)
        #expect(!told.contains("\n") && !told.contains("\u{1b}"))
        #expect(told.utf8.count < 200)
    }

    @Test("what is wrong below a name of the operator's choosing is told with that name, its line and the fix")
    func members() {
        let told = problems(
            """
            doors:
              radius:
                listen: 127.0.0.1:1812
                clients:
                  office-wifi:
                    netwroks: [192.0.2.0/24]
                    secret-file: relative
                    service: wifi
                  bad name: { service: vpn }
                  empty:
                  vpn:
                    networks: [198.51.100.0/24, 203.0.113.0/33]
                    service: "?"
                    require-message-authenticator: sometimes
                    strip-domain: maybe
                  switches: 192.0.2.1
                replies:
                  VPN: { vlan: 1 }
                  wifi: { vlan: 4095, filter: x }
            """, ["LATCHKEY_DOORS_RADIUS_CLIENTS_VPN_SERVICE": "vpn"])
        #expect(
            told == [
                "latchkey.yaml:6: doors.radius.clients.office-wifi.netwroks: there is no such key: did you mean doors.radius.clients.office-wifi.networks?",
                "latchkey.yaml:7: doors.radius.clients.office-wifi.secret-file: “relative” is no absolute path: write /etc/latchkey/office-wifi.secret",
                "latchkey.yaml:9: doors.radius.clients.bad name: “bad name” is no name: write office-wifi: up to 64 letters, digits, - and _",
                "latchkey.yaml:12: doors.radius.clients.vpn.networks: “203.0.113.0/33” is no network: write 192.0.2.0/24 or 2001:db8::/32",
                "latchkey.yaml:13: doors.radius.clients.vpn.service: “?” is no service: write vpn or wifi",
                "latchkey.yaml:14: doors.radius.clients.vpn.require-message-authenticator: “sometimes” is no answer: write yes, no or auto",
                "latchkey.yaml:15: doors.radius.clients.vpn.strip-domain: “maybe” is no answer: write true or false",
                "latchkey.yaml:16: doors.radius.clients.switches: it takes keys below it: networks, certificates, secret-file, service, require-message-authenticator, strip-domain",
                "latchkey.yaml:18: doors.radius.replies.VPN: “VPN” is no service: write vpn or wifi",
                "latchkey.yaml:19: doors.radius.replies.wifi.vlan: “4095” is no number: write a whole number from 1 to 4094",
                "latchkey.yaml:19: doors.radius.replies.wifi.filter: there is no such key: did you mean doors.radius.replies.wifi.filter-id?",
                "LATCHKEY_DOORS_RADIUS_CLIENTS_VPN_SERVICE: there is no variable for what has a name of yours: give it in the configuration file",
            ])
    }

    @Test("what a client lacks, and what two cannot both have, is told at its own line")
    func incompleteMembers() {
        let told = problems(
            """
            doors:
              radius:
                tls-listen: 127.0.0.1:2083
                clients:
                  a: { networks: [192.0.2.0/24, 198.51.100.1], certificates: nas.example.com }
                  b: { networks: 192.0.2.7/24, secret-file: /s, service: vpn }
                  c:
                  d: { certificates: NAS.example.com, service: vpn }
                replies:
                  imap: { vlan: 1 }
            tls: { certificate: /c, key: /k }
            """)
        #expect(
            told == [
                "latchkey.yaml:5: doors.radius.clients.a.secret-file: it has no shared secret: name a file that holds at least 16 characters, as openssl rand -hex 16 makes them",
                "latchkey.yaml:5: doors.radius.clients.a.service: nothing says what is signed in to through it: write vpn or wifi",
                "latchkey.yaml:7: doors.radius.clients.c.networks: nothing says which one it is: give the networks its packets come from, or the names in its certificate",
                "latchkey.yaml:7: doors.radius.clients.c.service: nothing says what is signed in to through it: write vpn or wifi",
                "latchkey.yaml:6: doors.radius.clients.b.networks: 192.0.2.0/24 is in doors.radius.clients.a.networks already: it can be one client's only",
                "latchkey.yaml:8: doors.radius.clients.d.certificates: nas.example.com is in doors.radius.clients.a.certificates already: it can be one client's only",
                "latchkey.yaml:3: doors.radius.client-issuers: doors.radius.tls-listen needs the issuers of the clients' certificates: give a file of them in PEM",
                "latchkey.yaml:10: doors.radius.replies.imap: no client is for the service imap: write the service of one of doors.radius.clients",
            ])
    }

    @Test("what a provider lacks, and what does not go together, is told at its own line with the fix")
    func providers() {
        let told = problems(
            """
            sso:
              providers:
                a:
                b: { issuer: https://id.example.com, client-id: x, authentication: none, client-secret-file: /s }
                c: { issuer: entra, client-id: x, authentication: none }
                d: { issuer: https://id.example.com, client-id: x, authentication: none, create-accounts: true }
                e: { issuer: "https://x.example", client-id: x, client-secret-file: /s, tenants: 72f988bf-86f1-41af-91ab-2d7cd011db47 }
            """)
        #expect(
            told == [
                "latchkey.yaml:3: sso.providers.a.issuer: nothing says which provider it is: write its issuer, as its discovery document does",
                "latchkey.yaml:3: sso.providers.a.client-id: it has no client id: write the one that the provider gave out",
                "latchkey.yaml:3: sso.providers.a.client-secret-file: it has no client secret: name a file that holds it, or write authentication: none for a public client",
                "latchkey.yaml:4: sso.providers.b.client-secret-file: a public client has no secret: leave one of this and authentication: none out",
                "latchkey.yaml:5: sso.providers.c.tenants: anybody with a Microsoft account could sign in: list the tenants whose people may",
                "latchkey.yaml:6: sso.providers.d.allowed-domains: create-accounts needs the domains of the addresses for which accounts are made",
                "latchkey.yaml:6: sso.providers.d.issuer: https://id.example.com is sso.providers.b's already: one provider is given once",
                "latchkey.yaml:7: sso.providers.e.tenants: this issuer has one tenant: leave tenants out, or write issuer: entra",
            ])
    }

    @Test(
        "a value of a provider that is none is told",
        arguments: [
            "issuer: http://id.example.com", "issuer: https://id.example.com?a=b", "issuer: Entra", "tenants: contoso",
            "client-id: a b", "groups: staff", "groups: 'Staff ='", "groups: '= staff'", "single-factor: trust",
            "title: ''", "allowed-domains: '@example.com'", "scopes: a b",
        ])
    func providerValues(yaml: String) {
        let told = problems("sso:\n  providers:\n    a:\n      \(yaml)")
        #expect(told.count == 1 && told.first?.hasPrefix("latchkey.yaml:4: sso.providers.a.") == true, "\(told)")
    }

    @Test("a door that nobody may ask is told, and UDP has ports of its own")
    func radiusListen() {
        #expect(
            problems("doors:\n  radius:\n    listen: 127.0.0.1:8080")
                == [
                    "latchkey.yaml:3: doors.radius.clients: nobody may ask: give each access point, concentrator or proxy a name with its networks, secret-file and service"
                ])
    }

    @Test(
        "anchors, aliases and tags are refused wherever they stand",
        arguments: [
            "a: &x b", "a: *x", "- *x", "- - &x a", "[ *x ]", "{a: &x b}", "{a,*x}", "? &x a", "a: !!binary b",
            "--- &x",
            "a: b \"c\nd: *x", "[b \"c, *x]", "a: b 'c\u{2028}d: *x", "{\"a\":*x}",
        ])
    func references(yaml: String) {
        #expect(problems(yaml).first?.contains("anchors (&), aliases (*) and tags (!) are not taken") == true)
    }

    @Test("what only looks like one, in quotes, comments and the middle of a text, is let be")
    func noReferences() {
        for yaml in ["# see *here & there", "data: '/srv/&a'", "data: \"/srv \\\" *a\"", "data: /srv/a &b*c!"] {
            #expect(problems(yaml) == [], "\(yaml)")
        }
    }

    @Test("neither size nor nesting nor binary content harms")
    func hostile() {
        #expect(problems(String(repeating: "a", count: 262_145)).first?.contains("larger than 256 KiB") == true)
        #expect(problems([0xff, 0xfe, 0x00]).first?.contains("not UTF-8") == true)
        for yaml in ["[", "{a: ", "- "] {
            #expect(problems(String(repeating: yaml, count: 50_000)).count == 1)
        }
        #expect(!problems("a: \u{0}").isEmpty)
    }

    @Test("a file that is not there is told with its path")
    func missing() {
        #expect(throws: InvalidSettings.self) {
            try Settings.read(file: "/nonexistent/latchkey.yaml", environment: [:])
        }
    }
}
