import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Storage

struct GroupRepositoryTests {
    @Test("a group is kept as it was made, under one name, and can be described anew")
    func kept() async throws {
        let house = try await Installation()
        var group = try await house.addGroup("wiki-editors")
        #expect(try await house.groups.group(named: group.name) == group)
        await #expect(throws: InvalidInput.self) { try await house.addGroup("WIKI-editors") }
        group.description = "Who may edit the wiki"
        try await house.groups.update(group, event: house.event(.groupChanged))
        #expect(try await house.groups.group(named: group.name) == group)
        #expect(
            try await house.audit.entries(matching: AuditFilter(), limit: 10).count == 2, "a refused one left an event")
    }

    @Test("groups are listed by name, in pages")
    func pages() async throws {
        let house = try await Installation()
        for name in ["c", "a", "b"] { _ = try await house.addGroup(name) }
        let first = try await house.groups.groups(after: nil, limit: 2)
        #expect(first.map(\.name.text) == ["a", "b"])
        #expect(try await house.groups.groups(after: first.last?.name, limit: 2).map(\.name.text) == ["c"])
    }

    @Test("joining and leaving happen once each, and a group is seen from both sides")
    func membership() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com", aliases: ["al@example.com"])
        let bob = try await house.addAccount("bob@example.com")
        let staff = try await house.addGroup("staff")
        let admins = try await house.addGroup("admins")
        for (account, group) in [(bob, staff), (alice, staff), (alice, admins)] { try await house.join(account, group) }
        #expect(try await house.groups.add(alice.id, to: staff.id, event: house.event(.groupMemberAdded)) == false)
        #expect(try await house.groups.members(of: staff.id).map(\.text) == ["alice@example.com", "bob@example.com"])
        #expect(try await house.groups.groups(of: alice.id) == [admins, staff])

        func leave() async throws -> Bool {
            try await house.groups.remove(alice.id, from: staff.id, event: house.event(.groupMemberRemoved, alice.id))
        }
        #expect(try await leave())
        #expect(try await leave() == false)
        #expect(try await house.groups.groups(of: alice.id) == [admins])
        let events = try await house.audit.entries(matching: AuditFilter(), limit: 20).map(\.event.action)
        #expect(events.count { $0 == .groupMemberAdded } == 3)
        #expect(events.count { $0 == .groupMemberRemoved } == 1)
    }

    @Test("a sign-in tells the groups of the moment, by name, whichever way they changed")
    func verdict() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com", aliases: ["al@example.com"])
        let secret = try await house.issue(to: alice).secret.display
        func told() async throws -> [String] {
            guard case .accepted(let acceptance) = try await house.verify("al", secret) else { return ["refused"] }
            return acceptance.groups.map(\.text)
        }
        #expect(try await told() == [])
        let staff = try await house.addGroup("staff")
        let admins = try await house.addGroup("admins")
        try await house.join(alice, staff)
        try await house.join(alice, admins)
        #expect(try await told() == ["admins", "staff"])

        var renamed = alice
        renamed.name = "Alice Liddell"
        try await house.accounts.update(renamed, event: house.event(.accountChanged, alice.id))
        #expect(try await told() == ["admins", "staff"])
        try await house.groups.delete(staff.id, event: house.event(.groupDeleted))
        #expect(try await told() == ["admins"])
        _ = try await house.groups.remove(alice.id, from: admins.id, event: house.event(.groupMemberRemoved))
        #expect(try await told() == [])
    }

    @Test("a deleted account leaves its groups, and a deleted group takes nobody along")
    func deletion() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com")
        let bob = try await house.addAccount("bob@example.com")
        let staff = try await house.addGroup("staff")
        try await house.join(alice, staff)
        try await house.join(bob, staff)
        try await house.accounts.delete(alice.id, event: house.event(.accountDeleted, alice.id))
        #expect(try await house.groups.members(of: staff.id) == [bob.login])
        try await house.groups.delete(staff.id, event: house.event(.groupDeleted))
        #expect(try await house.groups.group(named: staff.name) == nil)
        #expect(try await house.accounts.account(bob.id) == bob)
        #expect(try await house.database.read { try $0.query("SELECT * FROM membership").count } == 0)
    }
}

struct DirectoryTests {
    @Test("a person is found under every name, with aliases and groups")
    func person() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com", aliases: ["al@example.com", "liddell@example.com"])
        let staff = try await house.addGroup("staff")
        try await house.join(alice, staff)
        for name in ["alice@example.com", "AL@example.com"] {
            let found = try await house.people.person(named: try #require(LoginName(name)))
            #expect(found == DirectoryPerson(account: alice, groups: [staff.name]))
        }
        #expect(try await house.people.person(named: try #require(LoginName("bob@example.com"))) == nil)
    }

    @Test("a walk in pages of any size meets everybody and every group once, in order", arguments: [1, 2, 3, 7, 100])
    func pages(size: Int) async throws {
        let house = try await Installation()
        let groups = try await house.populate(people: 13, groups: 5)
        var people: [DirectoryPerson] = []
        while true {
            let page = try await house.people.people(after: people.last?.account.login, limit: size)
            if page.isEmpty { break }
            people += page
        }
        #expect(people.map(\.account.login.text) == (0..<13).map { "p\($0 + 10)@example.com" })
        for person in people {
            #expect(try await house.accounts.account(person.account.id) == person.account)
            #expect(try await house.groups.groups(of: person.account.id).map(\.name) == person.groups)
        }

        var walked: [DirectoryGroup] = []
        while true {
            let page = try await house.people.groups(after: walked.last?.group.name, limit: size)
            if page.isEmpty { break }
            walked += page
        }
        #expect(walked.map(\.group) == groups)
        for group in walked {
            #expect(try await house.groups.members(of: group.group.id) == group.members)
            #expect(try await house.people.group(named: group.group.name) == group)
        }
    }

    @Test("a page costs the same number of statements, however many are on it")
    func statements() async throws {
        let house = try await Installation()
        _ = try await house.populate(people: 40, groups: 6)
        let counting = CountingDatabase(house.database)
        let directory = SQLDirectory(counting)
        for limit in [1, 40] {
            #expect(try await directory.people(after: nil, limit: limit).count == limit)
            #expect(counting.takeCount() == 2)
            #expect(try await directory.groups(after: nil, limit: limit).count == min(limit, 6))
            #expect(counting.takeCount() == 2)
        }
    }

    @Test("relying services are told by name, with what each may do")
    func relyingServices() async throws {
        let house = try await Installation()
        let repository = SQLRelyingServices(house.database)
        var rng = SystemRandomNumberGenerator()
        for (name, reads) in [("nextcloud", true), ("dovecot", false)] {
            let service = RelyingService(
                id: Identifier(at: house.clock.now, using: &rng), name: name, services: [], mayReadDirectory: reads,
                created: house.clock.now)
            try await repository.insert(
                service, tokenHash: ServiceToken.hash(ServiceToken.generate(using: &rng)),
                event: house.event(.serviceTokenIssued))
        }
        let told = try await house.people.relyingServices()
        #expect(told.map(\.name) == ["dovecot", "nextcloud"])
        #expect(told.map(\.mayReadDirectory) == [false, true])
    }

    @Test("a database that cannot be read is trouble, told as such")
    func trouble() async throws {
        let house = try await Installation()
        _ = try await house.addAccount("alice@example.com")
        _ = try await house.database.transaction { try $0.execute("UPDATE account SET group_names = 'no, name'") }
        await #expect(throws: StoreError.self) { try await house.people.people(after: nil, limit: 1) }
    }
}

extension Installation {
    var groups: SQLGroups { SQLGroups(database) }
    var people: SQLDirectory { SQLDirectory(database) }

    @discardableResult
    func addGroup(_ name: String) async throws -> Group {
        var rng = SystemRandomNumberGenerator()
        let group = Group(
            id: GroupID(at: clock.now, using: &rng), name: try #require(GroupName(name)), created: clock.now)
        try await groups.insert(group, event: event(.groupCreated))
        return group
    }

    func join(_ account: Account, _ group: Group) async throws {
        #expect(try await groups.add(account.id, to: group.id, event: event(.groupMemberAdded, account.id)))
    }

    /// People with an alias each, every one in the groups whose number divides theirs. Returns the groups in order.
    func populate(people: Int, groups count: Int) async throws -> [Group] {
        var groups: [Group] = []
        for number in 1...count { groups.append(try await addGroup("g\(number)")) }
        for place in 0..<people {
            let account = try await addAccount("p\(place + 10)@example.com", aliases: ["a\(place)@example.com"])
            for (number, group) in zip(1..., groups) where place.isMultiple(of: number) {
                try await join(account, group)
            }
        }
        return groups
    }
}
