import DoorKit
import DoorTesting
import LatchkeyCore
import NIOCore
import Synchronization
import Testing

@testable import LDAPDoor

/// Searches over real sockets: they run in tasks of their own.
struct SearchTests {
    private static let base = "dc=example,dc=com"
    private static let reader = Wire.bind(100, "cn=reader,ou=services,\(base)", "lks_reader")

    /// Asks `door` one question after the other, and gives the lines of each answer.
    private func answers(
        _ door: LDAPDoor, as bind: [UInt8]? = reader, _ questions: [[UInt8]]
    ) async throws -> [[String]] {
        try await withListener(serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { client in
                if let bind {
                    let bound = try await client.ask(bind, until: " bind ")
                    #expect(bound == ["100 bind 0"])
                }
                var answers: [[String]] = []
                for question in questions {
                    try await client.say(question)
                    var lines: [String] = []
                    repeat { lines += try await client.hear(messages: 1) } while lines.last?.contains(" entry ") ?? true
                    answers.append(lines)
                }
                return answers
            }
        }
    }

    private func names(_ lines: [String]) -> [String] {
        lines.filter { $0.contains(" entry ") }.map {
            $0.split(separator: " entry ")[1].split(separator: " ").first.map { String($0) } ?? ""
        }
    }

    private func search(
        _ base: String = base, _ scope: SearchRequest.Scope = .subtree, _ filter: Filter = .present("objectClass"),
        _ attributes: [String] = ["1.1"], sizeLimit: Int32 = 0
    ) -> [UInt8] {
        Wire.search(
            1, Wire.Search(base: base, scope: scope, filter: filter, attributes: attributes, sizeLimit: sizeLimit))
    }

    @Test("each scope reaches what it should")
    func scopes() async throws {
        let all = [
            "dc=example,dc=com", "ou=people,dc=example,dc=com", "uid=ada@example.com,ou=people,dc=example,dc=com",
            "uid=bob@example.com,ou=people,dc=example,dc=com", "uid=carol@example.com,ou=people,dc=example,dc=com",
            "ou=groups,dc=example,dc=com", "cn=empty,ou=groups,dc=example,dc=com",
            "cn=staff,ou=groups,dc=example,dc=com",
            "cn=wiki,ou=groups,dc=example,dc=com", "ou=services,dc=example,dc=com",
            "cn=nginx", "cn=reader,ou=services,dc=example,dc=com",
        ]
        let ada = "uid=ada,ou=people,\(Self.base)"
        let found = try await answers(
            door(),
            [
                search(), search(Self.base, .base), search(Self.base, .one), search(Self.base, .children),
                search("", .one), search("", .subtree), search("ou=people,\(Self.base)"),
                search("ou=people,\(Self.base)", .one), search(ada), search(ada, .base), search(ada, .one),
                search("ou=groups,\(Self.base)", .children),
            ])
        #expect(
            found.map(names) == [
                all, [all[0]], [all[1], all[5], all[9]], Array(all.dropFirst()), [all[0]], all, Array(all[1...4]),
                Array(all[2...4]), [all[2]], [all[2]], [], Array(all[6...8]),
            ])
        #expect(found.allSatisfy { $0.last == "1 done 0" })
    }

    @Test("a person's entry holds what clients look for, and nothing of passwords")
    func person() async throws {
        let found = try await answers(
            door(),
            [
                search(Self.base, .subtree, .equal("mail", "countess@example.com"), ["*"]),
                search(Self.base, .subtree, .equal("uid", "ada"), ["+", "UserPassword", "nonsense", "SN;x-y"]),
                search(Self.base, .subtree, .equal("uid", "carol"), ["isActive", "cn", "memberOf"]),
            ])
        #expect(
            found[0][0] == """
                1 entry uid=ada@example.com,ou=people,dc=example,dc=com \
                objectClass=top|person|organizationalPerson|inetOrgPerson|mailAccount uid=ada@example.com \
                cn=Ada Lovelace sn=Lovelace givenName=Ada displayName=Ada Lovelace \
                mail=ada@example.com|countess@example.com \
                memberOf=cn=staff,ou=groups,dc=example,dc=com|cn=wiki,ou=groups,dc=example,dc=com isActive=TRUE
                """)
        #expect(found[1][0].contains("sn=Lovelace entryUUID="))
        #expect(
            found[1][0].hasSuffix(
                """
                 createTimestamp=20261124080500Z modifyTimestamp=20261124080500Z structuralObjectClass=inetOrgPerson \
                entryDN=uid=ada@example.com,ou=people,dc=example,dc=com subschemaSubentry=cn=Subschema hasSubordinates=FALSE
                """))
        #expect(
            found[2][0]
                == "1 entry uid=carol@example.com,ou=people,dc=example,dc=com cn=carol@example.com isActive=FALSE")
    }

    @Test("a group's entry holds its members in every form that clients know")
    func group() async throws {
        let member = "uid=bob,ou=people,\(Self.base)"
        let found = try await answers(
            door(),
            [
                search(
                    Self.base, .subtree, .equal("cn", "STAFF"), ["member", "uniqueMember", "memberuid", "description"]),
                search(Self.base, .subtree, .or([.equal("member", member), .equal("uniqueMember", member)])),
                search(Self.base, .subtree, .equal("memberUid", "ada")),
                search(Self.base, .subtree, .and([.equal("objectClass", "groupOfNames"), .not(.present("member"))])),
            ])
        let members = "uid=ada@example.com,ou=people,dc=example,dc=com|uid=bob@example.com,ou=people,dc=example,dc=com"
        #expect(
            found[0][0] == """
                1 entry cn=staff,ou=groups,dc=example,dc=com member=\(members) uniqueMember=\(members) \
                memberUid=ada@example.com|bob@example.com
                """)
        #expect(names(found[1]) == ["cn=staff,ou=groups,dc=example,dc=com"])
        #expect(names(found[2]) == ["cn=staff,ou=groups,dc=example,dc=com", "cn=wiki,ou=groups,dc=example,dc=com"])
        #expect(names(found[3]) == ["cn=empty,ou=groups,dc=example,dc=com"])
    }

    @Test("what is found below an app binds below it")
    func views() async throws {
        let found = try await answers(
            door(),
            [
                search("ou=people,app=imap,\(Self.base)", .subtree, .equal("uid", "ada"), ["memberOf"]),
                search("app=imap,\(Self.base)", .base, .present("objectClass"), ["app"]),
            ])
        #expect(
            found[0][0] == """
                1 entry uid=ada@example.com,ou=people,app=imap,dc=example,dc=com \
                memberOf=cn=staff,ou=groups,app=imap,dc=example,dc=com|cn=wiki,ou=groups,app=imap,dc=example,dc=com
                """)
        #expect(found[1][0] == "1 entry app=imap,dc=example,dc=com app=imap")
    }

    @Test("a search that names a person looks them up, and does not walk over everybody")
    func lookups() async throws {
        let directory = try ListedDirectory.crowd(1_000)
        let filter = Filter.and([
            .equal("objectClass", "inetOrgPerson"),
            .or([.equal("uid", "p00007"), .equal("mail", "p00007@example.com")]),
        ])
        let found = try await answers(door(ScriptedVerifier(), directory), [search(Self.base, .subtree, filter)])
        #expect(names(found[0]) == ["uid=p00007@example.com,ou=people,dc=example,dc=com"])
        #expect(directory.state.withLock { $0.pages } == 0)
    }

    @Test("types alone are given to those who ask for them")
    func typesOnly() async throws {
        let found = try await answers(
            door(),
            [
                Wire.search(
                    1,
                    Wire.Search(
                        base: Self.base, filter: .equal("uid", "bob"), attributes: ["uid", "mail"], typesOnly: true))
            ])
        #expect(found[0][0] == "1 entry uid=bob@example.com,ou=people,dc=example,dc=com uid= mail=")
    }

    @Test("no more entries are given than were asked for, and that is told")
    func sizeLimit() async throws {
        let directory = try ListedDirectory.crowd(600)
        let people = "ou=people,\(Self.base)"
        let found = try await answers(
            door(ScriptedVerifier(), directory),
            [
                search(people, .one, .present("uid"), sizeLimit: 300),
                search(people, .one, .present("uid"), sizeLimit: 600),
                search(people, .one, .present("uid"), sizeLimit: 601),
            ])
        #expect(found.map { names($0).count } == [300, 600, 600])
        #expect(found.map(\.last) == ["1 done 4", "1 done 0", "1 done 0"])
    }

    @Test(
        "pages together hold everything once, in order, and the last has no cookie",
        arguments: [1, 7, 256, 599, 600, 601])
    func pages(size: Int32) async throws {
        let directory = try ListedDirectory.crowd(600)
        let door = try door(ScriptedVerifier(), directory)
        try await withListener(serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { client in
                _ = try await client.ask(Self.reader, until: " bind ")
                var cookie: [UInt8] = []
                var found: [String] = []
                var pages = 0
                repeat {
                    let search = Wire.Search(
                        base: "ou=people,\(Self.base)", scope: .one, filter: .present("uid"), attributes: ["1.1"],
                        page: (size, cookie))
                    try await client.say(Wire.search(1, search))
                    var octets: [UInt8] = []
                    var lines: [String] = []
                    repeat {
                        octets = try await client.hear(Wire.firstLength)
                        lines += try Wire.lines(octets)
                    } while lines.last?.contains(" entry ") ?? true
                    #expect(lines.last == "1 done 0")
                    #expect(lines.count - 1 <= size)
                    found += names(lines)
                    pages += 1
                    cookie = try #require(try Wire.cookie(octets))
                } while !cookie.isEmpty
                #expect(
                    found
                        == (0..<600).map { number in
                            "uid=p\(String(100_000 + number).dropFirst())@example.com,ou=people,dc=example,dc=com"
                        })
                #expect(pages == (600 + Int(size) - 1) / Int(size))
            }
        }
    }

    @Test("pages go over the whole tree, and a foreign cookie is refused")
    func pagedTree() async throws {
        let door = try door()
        try await withListener(serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { client in
                _ = try await client.ask(Self.reader, until: " bind ")
                var cookie: [UInt8] = []
                var count = 0
                repeat {
                    try await client.say(
                        Wire.search(1, Wire.Search(base: Self.base, attributes: ["1.1"], page: (1, cookie))))
                    var octets = try await client.hear(Wire.firstLength)
                    if try Wire.lines(octets)[0].contains(" entry ") {
                        count += 1
                        octets = try await client.hear(Wire.firstLength)
                    }
                    cookie = try #require(try Wire.cookie(octets))
                } while !cookie.isEmpty
                #expect(count == 12)
                let foreign = Wire.search(1, Wire.Search(base: Self.base, page: (1, [1, 2, 3])))
                let refused = try await client.ask(foreign)
                #expect(refused == ["1 done 53 the cookie is none of this server's"])
                let ended = try await client.ask(Wire.search(1, Wire.Search(base: Self.base, page: (0, []))))
                #expect(ended == ["1 done 0"])
            }
        }
    }

    @Test("what does not exist is told with how far its name led")
    func noSuchObject() async throws {
        let found = try await answers(
            door(),
            [
                search("uid=nobody,ou=people,\(Self.base)"), search("ou=printers,\(Self.base)"),
                search("dc=example,dc=org"),
                search("cn=nothing,ou=groups,\(Self.base)"), search("cn=x,ou=services,\(Self.base)"), search("no name"),
            ])
        #expect(
            found.map { $0[0] } == [
                "1 done 32 matched ou=people,dc=example,dc=com", "1 done 32 matched dc=example,dc=com", "1 done 32",
                "1 done 32 matched ou=groups,dc=example,dc=com", "1 done 32 matched ou=services,dc=example,dc=com",
                "1 done 34",
            ])
    }

    @Test("a filter that is too large is answered, and the connection goes on")
    func beyondLimits() async throws {
        let deep = (0..<200).reduce(Filter.present("uid")) { filter, _ in .not(filter) }
        let found = try await answers(
            door(), [search(Self.base, .subtree, deep), search(Self.base, .base)])
        #expect(found[0] == ["1 done 11 the filter or a list is too large"])
        #expect(names(found[1]) == [Self.base])
    }

    @Test("trouble with the directory is told as trouble")
    func broken() async throws {
        let directory = try ListedDirectory.small()
        let door = try door(ScriptedVerifier(), directory)
        try await withListener(serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { client in
                _ = try await client.ask(Self.reader, until: " bind ")
                directory.state.withLock { $0.isBroken = true }
                let lines = try await client.ask(search())
                #expect(lines == ["1 done 52 the directory cannot be read now"])
            }
        }
    }
}

/// Who sees what.
struct VisibilityTests {
    private static let base = "dc=example,dc=com"

    private func found(
        by bind: [UInt8]?, anonymousSearch: Bool = false,
        _ search: Wire.Search = Wire.Search(base: base, attributes: ["member", "isActive"])
    ) async throws -> [String] {
        let door = try door(anonymousSearch: anonymousSearch)
        return try await withListener(serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { client in
                if let bind { _ = try await client.ask(bind, until: " bind 0") }
                return try await client.ask(Wire.search(2, search))
            }
        }
    }

    private static let hidden =
        "2 done 50 bind as somebody who may read the directory: a person sees their own entry"

    @Test("a person sees themselves, their groups, and there only themselves")
    func person() async throws {
        let own = "uid=ada@example.com,ou=people,dc=example,dc=com"
        let ada = Wire.bind(1, "ada", "right")
        #expect(
            try await found(by: ada) == [
                "2 entry dc=example,dc=com", "2 entry ou=people,dc=example,dc=com", "2 entry \(own) isActive=TRUE",
                "2 entry ou=groups,dc=example,dc=com", "2 entry cn=staff,ou=groups,dc=example,dc=com member=\(own)",
                "2 entry cn=wiki,ou=groups,dc=example,dc=com member=\(own)", "2 entry ou=services,dc=example,dc=com",
                "2 done 0",
            ])
        for hidden in [
            "uid=bob,ou=people,\(Self.base)", "cn=empty,ou=groups,\(Self.base)", "cn=reader,ou=services,\(Self.base)",
        ] {
            let lines = try await found(by: ada, Wire.Search(base: hidden))
            #expect(lines.count == 1 && lines[0].hasPrefix("2 done 32 "), "\(hidden)")
        }
        let looked = try await found(by: ada, Wire.Search(base: Self.base, filter: .equal("uid", "bob")))
        #expect(looked == ["2 done 0"])
    }

    @Test("nobody else sees anything but the server itself")
    func others() async throws {
        let nobody = try await found(by: nil)
        #expect(nobody == [Self.hidden])
        let service = try await found(
            by: Wire.bind(1, "cn=nginx on web1,ou=services,\(Self.base)", "lks_nginx on web1"))
        #expect(service == [Self.hidden])
        let disabled = try await found(by: Wire.bind(1, "carol", "right"))
        #expect(disabled == [Self.hidden])
        let root = try await found(by: nil, Wire.Search(base: "", scope: .base, attributes: ["namingContexts"]))
        #expect(root == ["2 entry  namingContexts=dc=example,dc=com", "2 done 0"])
    }

    @Test("where anybody may search they see groups and those who are not disabled, and no services")
    func anonymous() async throws {
        let lines = try await found(by: nil, anonymousSearch: true, Wire.Search(base: Self.base, attributes: ["1.1"]))
        #expect(lines.count == 10)
        #expect(!lines.contains { $0.contains("carol") || $0.contains("cn=reader") })
    }

    @Test("a relying service that loses the right loses the sight at once")
    func revoked() async throws {
        let directory = try ListedDirectory.small()
        let door = try door(ScriptedVerifier(), directory)
        try await withListener(serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { client in
                _ = try await client.ask(
                    Wire.bind(1, "cn=reader,ou=services,\(Self.base)", "lks_reader"), until: " bind ")
                let search = Wire.search(2, Wire.Search(base: Self.base, attributes: ["1.1"]))
                let before = try await client.ask(search)
                #expect(before.count == 13)
                directory.state.withLock { $0.services.removeLast() }
                let after = try await client.ask(search)
                #expect(after == [Self.hidden])
            }
        }
    }
}

/// Several things at once.
struct ConcurrencyTests {
    private static let base = "dc=example,dc=com"
    private static let reader = Wire.bind(100, "cn=reader,ou=services,\(base)", "lks_reader")

    @Test("a bind waits for the search before it, and what comes after it waits for the bind")
    func order() async throws {
        let door = try door(ScriptedVerifier(elsewhere: true), .crowd(600))
        try await withListener(serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { client in
                let all = Wire.search(1, Wire.Search(base: "ou=people,\(Self.base)", attributes: ["1.1"]))
                try await client.say(
                    Self.reader + all + Wire.bind(2, "p00001", "right") + all.replacingID(3)
                        + Wire.extended(4, ExtendedRequest.whoAmI))
                _ = try await client.hear(untilLine: "100 bind 0")
                let first = try await client.hear(untilLine: "1 done 0")
                #expect(first.count == 602)
                let bound = try await client.hear(messages: 1)
                #expect(bound == ["2 bind 0"])
                let rest = try await client.hear(messages: 4)
                #expect(Set(rest).contains("3 done 0"))
                #expect(Set(rest).contains("4 extended 0 “dn:uid=p00001@example.com,ou=people,dc=example,dc=com”"))
                #expect(rest.filter { $0.contains("3 entry uid=p00001@") }.count == 1)
            }
        }
    }

    @Test("an abandoned search is not answered, and its connection goes on")
    func abandon() async throws {
        let door = try door(ScriptedVerifier(), .crowd(2_000))
        try await withListener(serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { client in
                _ = try await client.ask(Self.reader, until: " bind ")
                let all = Wire.search(1, Wire.Search(base: Self.base))
                try await client.say(all + Wire.abandon(2, 1) + Wire.bind(3, "", ""))
                let lines = try await client.hear(untilLine: "3 bind 0")
                #expect(!lines.contains { $0.hasPrefix("1 done") })
                #expect(lines.count < 2_000)
            }
        }
    }

    @Test("who asks for much and reads nothing takes no memory, and gets all of it in the end")
    func backpressure() async throws {
        let door = try door(ScriptedVerifier(), .crowd(1_000))
        try await withListener(serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { client in
                _ = try await client.ask(Self.reader, until: " bind ")
                let all = Wire.search(
                    1, Wire.Search(base: "ou=people,\(Self.base)", scope: .one, attributes: ["*", "+"]))
                try await client.say((1...10).flatMap { all.replacingID($0) })
                var entries: [Substring: Int] = [:]
                var done = 0
                while done < 10 {
                    let line = try await client.hear(messages: 1)[0]
                    if line.contains(" done 0") {
                        done += 1
                    } else {
                        entries[line.prefix { $0 != " " }, default: 0] += 1
                    }
                }
                #expect(entries.count == 10)
                #expect(entries.values.allSatisfy { $0 == 1_000 })
            }
        }
    }

    @Test("a connection that ends in the middle of a search ends the search")
    func disconnect() async throws {
        let directory = try ListedDirectory.crowd(10_000)
        let door = try door(ScriptedVerifier(), directory)
        try await withListener(serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { client in
                _ = try await client.ask(Self.reader, until: " bind ")
                try await client.say(Wire.search(1, Wire.Search(base: Self.base)))
                _ = try await client.hear(messages: 10)
            }
            await listener.stop()
        }
        #expect(directory.state.withLock { $0.pages } < 10_000 / Search.pageSize)
    }

    @Test("comparisons are true, false, or about what is not there")
    func compare() async throws {
        let door = try door()
        let ada = "uid=ada,ou=people,\(Self.base)"
        let questions: [(String, String, String, String)] = [
            (ada, "mail", "COUNTESS@example.com", "6"), (ada, "sn", "Byron", "5"), (ada, "title", "x", "16"),
            (ada, "nonsense", "x", "16"), (ada, "isActive", "perhaps", "5"),
            ("uid=nobody,ou=people,\(Self.base)", "cn", "x", "32"), ("", "supportedLDAPVersion", "3", "6"),
            ("cn=staff,ou=groups,\(Self.base)", "member", "uid=bob@example.com,ou=people,\(Self.base)", "6"),
            (ada, "userPassword", "right", "53 passwords are checked by a bind, and never compared"),
        ]
        try await withListener(serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { client in
                _ = try await client.ask(Self.reader, until: " bind ")
                for (entry, attribute, value, expected) in questions {
                    let lines = try await client.ask(Wire.compare(1, entry, attribute, value), until: " compare ")
                    #expect(lines == ["1 compare \(expected)"], "\(attribute)")
                }
            }
        }
    }
}
