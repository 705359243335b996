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
