import LatchkeyCore
import Testing

@testable import LDAPDoor

struct FilterTests {
    private let tree = Tree(base: DistinguishedName(domain: "example.com"), domain: "example.com")

    private func truth(_ filter: Filter, _ entry: Entry) -> Truth {
        Condition(filter, in: tree).evaluate(entry, in: tree)
    }

    private func ada() throws -> Entry {
        Entry(
            try ListedDirectory.person(
                "ada@example.com", name: "Ada  King Lovelace", aliases: ["countess@example.com"], groups: ["staff"]))
    }

    private static let yes = Filter.present("objectClass")
    private static let no = Filter.present("title")
    private static let undefined = Filter.equal("noSuchAttribute", "x")

    @Test("and, or and not are three-valued")
    func truthTables() throws {
        let ada = try ada()
        let values: [(Filter, Truth)] = [(Self.yes, .yes), (Self.no, .no), (Self.undefined, .undefined)]
        for (left, leftTruth) in values {
            #expect(truth(left, ada) == leftTruth)
            #expect(truth(.not(left), ada) == (leftTruth == .yes ? .no : leftTruth == .no ? .yes : .undefined))
            for (right, rightTruth) in values {
                let both: Truth =
                    leftTruth == .no || rightTruth == .no
                    ? .no : leftTruth == .undefined || rightTruth == .undefined ? .undefined : .yes
                let either: Truth =
                    leftTruth == .yes || rightTruth == .yes
                    ? .yes : leftTruth == .undefined || rightTruth == .undefined ? .undefined : .no
                #expect(truth(.and([left, right]), ada) == both)
                #expect(truth(.or([left, right]), ada) == either)
            }
        }
        #expect(truth(.and([]), ada) == .yes)
        #expect(truth(.or([]), ada) == .no)
    }

    @Test(
        "values are compared as what they are",
        arguments: [
            ("uid", "ADA@example.COM", Truth.yes), ("uid", "ada", .yes), ("uid", "countess", .no),
            ("UserID", "ada", .yes),
            ("uid;x-option", "ada", .yes), ("0.9.2342.19200300.100.1.1", "ada", .yes),
            ("mail", "Countess@example.com", .yes), ("mail", "ada", .no), ("cn", " ada king  LOVELACE ", .yes),
            ("sn", "lovelace", .yes), ("givenName", "ada king", .yes), ("objectClass", "INETORGPERSON", .yes),
            ("objectClass", "2.5.6.6", .yes), ("objectClass", "groupOfNames", .no), ("isActive", "TRUE", .yes),
            ("isActive", "FALSE", .no), ("isActive", "yes", .undefined), ("title", "x", .no),
            ("nonsense", "x", .undefined),
            ("memberOf", "CN=Staff, OU=Groups, DC=Example, DC=Com", .yes),
            ("memberOf", "cn=staff,ou=groups,app=imap,dc=example,dc=com", .yes),
            ("memberOf", "cn=wiki,ou=groups,dc=example,dc=com", .no), ("memberOf", "cn=staff,dc=example,dc=org", .no),
            ("memberOf", "staff", .undefined), ("entryDN", "uid=ada,ou=people,dc=example,dc=com", .yes),
            ("createTimestamp", "20261124080500Z", .yes), ("createTimestamp", "202611240805Z", .yes),
            ("createTimestamp", "20261124090500+0100", .yes), ("createTimestamp", "yesterday", .undefined),
        ])
    func equality(name: String, value: String, expected: Truth) throws {
        #expect(truth(.equal(name, value), try ada()) == expected)
    }

    @Test("times and texts are ordered, names and truths are not")
    func ordering() throws {
        let ada = try ada()
        func atLeast(_ name: String, _ value: String) -> Truth { truth(.atLeast(name, Array(value.utf8)), ada) }
        func atMost(_ name: String, _ value: String) -> Truth { truth(.atMost(name, Array(value.utf8)), ada) }
        #expect(atLeast("createTimestamp", "20261124080500Z") == .yes)
        #expect(atLeast("createTimestamp", "20261124080501Z") == .no)
        #expect(atMost("createTimestamp", "20261124080500Z") == .yes)
        #expect(atMost("createTimestamp", "20261124080459.9Z") == .no)
        #expect(atLeast("cn", "ADA") == .yes)
        #expect(atMost("cn", "ada") == .no)
        #expect(atLeast("uid", "ada@example.com") == .yes)
        #expect(atLeast("memberOf", "cn=staff,ou=groups,dc=example,dc=com") == .undefined)
        #expect(atLeast("isActive", "FALSE") == .undefined)
        #expect(atLeast("title", "x") == .no)
    }

    @Test("substrings match in their order and do not overlap")
    func substrings() throws {
        let ada = try ada()
        func parts(_ name: String, _ initial: String?, _ any: [String], _ final: String?) -> Truth {
            truth(
                .substrings(
                    name,
                    .init(
                        initial: initial.map { Array($0.utf8) }, any: any.map { Array($0.utf8) },
                        final: final.map { Array($0.utf8) })), ada)
        }
        #expect(parts("cn", "ADA", [], nil) == .yes)
        #expect(parts("cn", "ada", ["king", "love"], "ace") == .yes)
        #expect(parts("cn", nil, ["love", "king"], nil) == .no)
        #expect(parts("sn", "lovelace", [], "e") == .no)
        #expect(parts("sn", "love", [], "lace") == .yes)
        #expect(parts("sn", nil, ["ela", "lac"], nil) == .no)
        #expect(parts("uid", nil, ["@example"], nil) == .yes)
        #expect(parts("mail", "countess@", [], nil) == .yes)
        #expect(parts("title", "x", [], nil) == .no)
        #expect(parts("memberOf", "cn=staff", [], nil) == .undefined)
    }

    @Test("extensible matches: by the rules we know, also in the name, and Active Directory's chain")
    func extensible() throws {
        let ada = try ada()
        func match(_ rule: String?, _ attribute: String?, _ value: String, dn: Bool = false) -> Truth {
            truth(.extensible(.init(rule: rule, attribute: attribute, value: Array(value.utf8), matchesDN: dn)), ada)
        }
        #expect(match("caseIgnoreMatch", "sn", "LOVELACE") == .yes)
        #expect(match(nil, "sn", "lovelace") == .yes)
        #expect(match(nil, "ou", "people") == .no)
        #expect(match(nil, "ou", "People", dn: true) == .yes)
        #expect(match(nil, "dc", "example", dn: true) == .yes)
        #expect(match("1.2.840.113556.1.4.1941", "memberOf", "cn=staff,ou=groups,dc=example,dc=com") == .yes)
        #expect(match("1.2.840.113556.1.4.803", "uidNumber", "2") == .undefined)
        #expect(match("2.5.13.2", nil, "ada") == .undefined)
    }

    @Test("what a filter cannot be true of is not looked at")
    func candidates() {
        func people(_ filter: Filter) -> Candidates { Candidates(Condition(filter, in: tree), .people) }
        func groups(_ filter: Filter) -> Candidates { Candidates(Condition(filter, in: tree), .groups) }
        let ada = Filter.equal("uid", "ada")
        #expect(people(ada) == .named(["ada@example.com"]))
        #expect(people(.and([.equal("objectClass", "person"), ada])) == .named(["ada@example.com"]))
        #expect(
            people(.or([ada, .equal("mail", "Bob@example.com")])) == .named(["ada@example.com", "bob@example.com"]))
        #expect(people(.or([ada, .present("cn")])) == .all)
        #expect(people(.not(ada)) == .all)
        #expect(people(.and([ada, .not(.equal("uid", "bob"))])) == .named(["ada@example.com"]))
        #expect(people(.equal("objectClass", "groupOfNames")) == .none)
        #expect(people(.and([Self.undefined, .present("uid")])) == .none)
        #expect(people(.present("uid")) == .all)
        #expect(people(.equal("cn", "ada")) == .all)
        #expect(groups(.equal("cn", "Staff")) == .named(["staff"]))
        #expect(groups(.and([.equal("objectClass", "groupOfNames"), .equal("cn", "staff")])) == .named(["staff"]))
        #expect(groups(.equal("objectClass", "inetOrgPerson")) == .none)
    }
}

struct SchemaTests {
    @Test("every attribute is defined, and every name and number means one")
    func definitions() {
        var seen: [String: AttributeType] = [:]
        for type in AttributeType.allCases {
            #expect(AttributeType.definitions[type] != nil, "\(type)")
            for name in [type.rawValue, type.definition.oid] + type.definition.aliases {
                #expect(seen.updateValue(type, forKey: name.lowercased()) == nil, "\(name)")
                #expect(AttributeType.named(name.uppercased()) == type)
            }
        }
        #expect(Set(ObjectClass.allCases.map(\.oid)).count == ObjectClass.allCases.count)
    }

    @Test("a moment is written in UTC and read back")
    func times() {
        for seconds: Int64 in [0, 951_782_400, 1_795_507_500, 4_102_444_799, 253_402_300_799] {
            let text = GeneralizedTime.text(of: Timestamp(seconds: seconds))
            #expect(GeneralizedTime.seconds(of: text) == seconds, "\(text)")
        }
        #expect(GeneralizedTime.text(of: Timestamp(seconds: 1_795_507_500)) == "20261124080500Z")
        for wrong in [
            "", "2026", "20261124080500", "20261324080500Z", "20261124250500Z", "20261124080500.Z", "20261124080500+1",
        ] {
            #expect(GeneralizedTime.seconds(of: wrong) == nil, "\(wrong)")
        }
    }

    @Test("a cookie leads on from where it was given, and no other octets do")
    func cookies() {
        for position in [Position(.suffix), Position(.persons, "ada@example.com"), Position(.service, "nginx: “web1”")]
        {
            #expect(Position(cookie: position.cookie) == position)
        }
        for wrong in ["", "2", "x:ada", "9:", "22:ada"] {
            #expect(Position(cookie: Array(wrong.utf8)) == nil, "\(wrong)")
        }
        #expect(Position(cookie: [0x32, 0x3a, 0xff]) == nil)
    }
}
