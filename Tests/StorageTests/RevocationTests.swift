import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Storage

struct RevocationTests {
    private let house: Installation
    private let alice: Account

    init() async throws {
        house = try await Installation()
        alice = try await house.addAccount("alice@example.com", aliases: ["al@example.com"])
    }

    private var feed: SQLRevocations { SQLRevocations(house.database) }

    private func revoke(_ appPassword: AppPassword) async throws {
        #expect(try await house.issuer.revoke(appPassword, actor: .machineUser("test"), at: house.clock.now))
    }

    @Test("a reader begins at the log's end, and is told what ends after it, by whichever process")
    func feedOfAppPasswords() async throws {
        let (before, after) = (try await house.issue(to: alice), try await house.issue(to: alice))
        try await revoke(before.appPassword)
        let start = try await feed.position(of: "dovecot")
        #expect(try await feed.revocations(after: start, limit: 10) == [])

        let other = try await Installation(directory: house.directory)
        #expect(
            try await other.issuer.revoke(after.appPassword, actor: .machineUser("test"), at: house.clock.now))
        let told = try #require(try await feed.revocations(after: start, limit: 10).first)
        let entry = try #require(try await house.audit.entries(matching: AuditFilter(), limit: 1).first)
        #expect(
            told
                == Revocation(
                    sequence: entry.sequence, hash: entry.hash, action: .appPasswordRevoked, time: house.clock.now,
                    account: alice.id, login: alice.login, aliases: alice.aliases,
                    appPassword: after.appPassword.id, services: [.imap, .smtp]))
    }

    @Test("each reader has a place of its own, which a restart does not change")
    func places() async throws {
        for reader in ["one", "two"] { _ = try await feed.position(of: reader) }
        for _ in 0..<3 { try await revoke(try await house.issue(to: alice).appPassword) }
        let start = try await feed.position(of: "one")
        let first = try await feed.revocations(after: start, limit: 2)
        #expect(first.count == 2)
        try await feed.advance("one", to: try #require(first.last).sequence)

        let reopened = SQLRevocations(try await Installation(directory: house.directory).database)
        #expect(try await reopened.revocations(after: reopened.position(of: "one"), limit: 10).count == 1)
        #expect(try await reopened.revocations(after: reopened.position(of: "two"), limit: 10).count == 3)
        #expect(
            try await reopened.position(of: "three") > first[1].sequence, "a new one is not told what was before it")
    }

    @Test("the end of a rotated app password is told when its replacement is used")
    func rotated() async throws {
        let start = try await feed.position(of: "dovecot")
        var rng = SystemRandomNumberGenerator()
        let old = try await house.issue(to: alice)
        let new = try #require(
            try await house.issuer.rotate(
                old.appPassword, actor: .machineUser("test"), at: house.clock.now, using: &rng))
        _ = try await house.verify("alice", old.secret.display)
        #expect(try await feed.revocations(after: start, limit: 10) == [])
        #expect(try await house.verify("alice", new.secret.display).refusal == nil)
        #expect(try await feed.revocations(after: start, limit: 10).map(\.appPassword) == [old.appPassword.id])
    }

    @Test("a disabled account is told with its names, an enabled or otherwise changed one is not told")
    func disabled() async throws {
        let start = try await feed.position(of: "dovecot")
        var account = alice
        account.name = "Alice Liddell"
        try await house.accounts.update(account, event: house.event(.accountChanged, alice.id))
        account.disabled = house.clock.now
        try await house.accounts.update(account, event: house.event(.accountDisabled, alice.id))
        account.disabled = nil
        try await house.accounts.update(account, event: house.event(.accountEnabled, alice.id))
        let told = try await feed.revocations(after: start, limit: 10)
        #expect(told.map(\.action) == [.accountDisabled])
        #expect(told.first?.login == alice.login && told.first?.aliases == alice.aliases)
    }

    @Test("a deleted account is told with the names that it had, and so is what ended shortly before")
    func deleted() async throws {
        let start = try await feed.position(of: "dovecot")
        try await revoke(try await house.issue(to: alice).appPassword)
        try await house.accounts.delete(alice.id, event: house.event(.accountDeleted, alice.id))
        let told = try await feed.revocations(after: start, limit: 10)
        #expect(told.map(\.action) == [.appPasswordRevoked, .accountDeleted])
        for revocation in told {
            #expect(revocation.login == alice.login)
            #expect(revocation.aliases == alice.aliases)
            #expect(revocation.services == [])
        }
    }

    @Test("a removed alias is told, for it lets in nobody any more; an added one is not")
    func alias() async throws {
        let start = try await feed.position(of: "dovecot")
        let added = try #require(LoginName("liddell@example.com"))
        var account = alice
        account.aliases.append(added)
        try await house.accounts.update(account, event: house.event(.accountChanged, alice.id))
        #expect(try await feed.revocations(after: start, limit: 10) == [])
        account.aliases = [added]
        try await house.accounts.update(account, event: house.event(.accountChanged, alice.id))
        let told = try await feed.revocations(after: start, limit: 10)
        #expect(told.map(\.action) == [.accountChanged])
        #expect(told.first?.aliases.map(\.text) == ["al@example.com", "liddell@example.com"])
        // What ends later is no business of a name that led nowhere by then.
        try await revoke(try await house.issue(to: alice).appPassword)
        #expect(try await feed.revocations(after: start, limit: 10).last?.aliases == [added])
    }

    @Test("what everybody has been told is forgotten, and no sooner")
    func pruning() async throws {
        for reader in ["one", "two"] { _ = try await feed.position(of: reader) }
        try await house.accounts.delete(alice.id, event: house.event(.accountDeleted, alice.id))
        let told = try #require(try await feed.revocations(after: 0, limit: 10).first)
        func kept() async throws -> Int {
            try await house.database.read {
                try $0.query("SELECT seq FROM revocation UNION ALL SELECT seq FROM former_name").count
            }
        }
        try await feed.advance("one", to: told.sequence)
        #expect(try await kept() == 3)
        try await feed.advance("two", to: told.sequence)
        #expect(try await kept() == 0)
    }
}
