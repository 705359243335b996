import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import LDAPDoor

struct DistinguishedNameTests {
    @Test(
        "spellings of one name are one name",
        arguments: [
            ("dc=example,dc=com", "DC=Example, DC=COM"), ("cn=a b,dc=x", "CN = A  B , dc = X"),
            ("uid=ada,dc=x", "0.9.2342.19200300.100.1.1=ADA;DC=x"), ("cn=a\\,b,dc=x", "cn=a\\2cb,dc=x"),
            ("cn=abc,dc=x", "2.5.4.3=#0403616263,dc=x"), ("cn=a+uid=b,dc=x", "uid=B+commonName=a,dc=x"),
            ("cn=\\ a\\ ,dc=x", "cn=\\20a\\20,dc=x"), ("cn=Zoë,dc=x", "cn=zo\\C3\\AB,dc=x"),
        ])
    func same(left: String, right: String) throws {
        #expect(try #require(DistinguishedName(left)) == #require(DistinguishedName(right)))
    }

    @Test(
        "what is no name is none",
        arguments: [
            "alice", "=x", "cn", "cn=", "cn=a,", ",cn=a", "cn=a,,dc=b", "cn=\"a\"", "cn=a\\", "cn=a\\2", "cn=#",
            "cn=#04",
            "cn=#0402", "cn=#040161zz", "cn=a+", "cn=\\ff", "c n=a", "cn=a\u{0}",
        ])
    func none(text: String) {
        #expect(DistinguishedName(text) == nil)
    }

    @Test("a name is as long and as deep as it may be, and no more")
    func limits() {
        func deep(_ parts: Int) -> String { (0..<parts).map { "cn=\($0)" }.joined(separator: ",") }
        #expect(DistinguishedName(deep(32)) != nil)
        #expect(DistinguishedName(deep(33)) == nil)
        #expect(DistinguishedName("cn=" + String(repeating: "a", count: 2_045)) != nil)
        #expect(DistinguishedName("cn=" + String(repeating: "a", count: 2_046)) == nil)
    }

    @Test("any value is written so that it is read back")
    func roundTrip() throws {
        var rng = SplitMix64(seed: 8)
        for _ in 0..<3_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...12, using: &rng) {
                let some: [UInt32] = [0x20, 0x22, 0x23, 0x2b, 0x2c, 0x3b, 0x3c, 0x3d, 0x3e, 0x5c, 0x61, 0xeb, 0x1f600]
                text.append(some.randomElement(using: &rng).flatMap { Unicode.Scalar($0) } ?? "x")
            }
            let value = String(text)
            let name = try #require(DistinguishedName(DistinguishedName.text("cn", value) + ",dc=x"), "\(value)")
            #expect(name.parts.first?.first?.value == value)
            #expect(name.parts.count == 2)
            #expect(DistinguishedName(name.description) == name)
        }
    }
}

struct TreeTests {
    private let tree = Tree(base: DistinguishedName(domain: "example.com"), domain: "example.com")

    private func place(_ name: String) -> Place? {
        if case .place(let place, _) = tree.resolve(name) { place } else { nil }
    }

    @Test("every place has a name that leads to it, in every view")
    func roundTrip() throws {
        let ada = try #require(LoginName("ada@example.com"))
        let odd = try #require(LoginName("o'neil,b+c@example.com"))
        let places: [Place] = [
            .suffix, .people, .person(ada), .person(odd), .groups, .group(try #require(GroupName("staff"))), .services,
            .service(ServiceName(text: "nginx, on #1 ")),
        ]
        for tree in [tree, Tree(base: tree.base, domain: "example.com", app: .imap)] {
            for place in places {
                guard case .place(let found, let view) = self.tree.resolve(tree.name(of: place)) else {
                    Issue.record("\(tree.name(of: place)) leads nowhere")
                    continue
                }
                #expect(found == place)
                #expect(view.app == tree.app)
            }
        }
        #expect(place("") == .root)
        #expect(place("CN=subschema") == .subschema)
    }

    @Test("a person is found by any of their names, with or without the domain")
    func people() throws {
        let ada = Place.person(try #require(LoginName("ada@example.com")))
        for name in [
            "uid=ada,ou=people,dc=example,dc=com", "UID=Ada@Example.com,OU=People,DC=Example,DC=com",
            "mail=ada@example.com,ou=people,dc=example,dc=com", "cn=ada,ou=people,dc=example,dc=com",
            "uid=ada,app=imap,dc=example,dc=com", "uid=ada,ou=people,app=imap,dc=example,dc=com",
        ] {
            #expect(place(name) == ada, "\(name)")
        }
    }

    @Test("a name that leads nowhere tells how far it led")
    func nowhere() {
        func above(_ name: String) -> String? {
            if case .nothing(let place) = tree.resolve(name) { tree.name(of: place) } else { nil }
        }
        #expect(above("dc=example,dc=org") == "")
        #expect(above("dc=com") == "")
        #expect(above("ou=printers,dc=example,dc=com") == "dc=example,dc=com")
        #expect(above("cn=x,cn=y,ou=groups,dc=example,dc=com") == "ou=groups,dc=example,dc=com")
        #expect(above("uid=ada+cn=ada,ou=people,dc=example,dc=com") == "dc=example,dc=com")
        #expect(above("ou=people,app=!!,dc=example,dc=com") == "dc=example,dc=com")
        if case .invalid = tree.resolve("people") {} else { Issue.record("“people” is taken for a name") }
    }

    @Test("a bind's name tells who it is and for what")
    func bindNames() {
        func name(_ text: String) -> BindName { BindName(text, in: tree) }
        #expect(name("") == .anonymous)
        #expect(name("alice") == .person(authcid: "alice", .tree))
        #expect(name("alice@example.org") == .person(authcid: "alice@example.org", .tree))
        #expect(name("uid=Alice,ou=people,dc=example,dc=com") == .person(authcid: "Alice", .tree))
        #expect(name("uid=alice,app=imap,dc=example,dc=com") == .person(authcid: "alice", .app(.imap)))
        #expect(name("mail=a@b,ou=people,app=IMAP,dc=example,dc=com") == .person(authcid: "a@b", .app(.imap)))
        #expect(name("uid=alice,ou=people,app=a/b,dc=example,dc=com") == .person(authcid: "alice", .app(nil)))
        #expect(
            name("CN=Reader,OU=Services,dc=example,dc=com") == .service(ServiceName(text: "reader")))
        for foreign in [
            "uid=alice,dc=example,dc=org", "cn=staff,ou=groups,dc=example,dc=com", "dc=example,dc=com", "a=b",
            "uid=alice,ou=people,app=a,app=b,dc=example,dc=com",
        ] {
            #expect(name(foreign) == .person(authcid: foreign, .tree), "\(foreign)")
        }
    }
}
