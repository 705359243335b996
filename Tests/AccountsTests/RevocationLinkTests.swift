import Accounts
import Keyring
import LatchkeyCore
import LatchkeyTesting
import Storage
import Testing

struct RevocationLinkTests {
    private let directory: TemporaryDirectory
    private let database: SQLiteDatabase
    private let clock = ManualClock()
    private let keyring: Keyring
    private let alice: AccountID

    init() async throws {
        directory = try TemporaryDirectory()
        database = try await SQLiteDatabase.open(path: directory.path("latchkey.db"))
        try await Migrator().migrate(database)
        keyring = try #require(Keyring(try MasterKey.create(at: directory.path("master.key"))))
        var rng = SystemRandomNumberGenerator()
        alice = AccountID(at: clock.now, using: &rng)
        try await SQLAccounts(database).insert(
            Account(id: alice, login: try #require(LoginName("alice@example.com")), created: clock.now),
            event: AuditEvent(time: clock.now, action: .accountCreated, actor: .system, account: alice))
    }

    private var issuer: AppPasswordIssuer {
        AppPasswordIssuer(repository: SQLAppPasswords(database), key: keyring.verifierKeys.current)
    }

    private func links(_ keyring: Keyring? = nil) -> RevocationLinks {
        let clock = clock
        return RevocationLinks(
            keyring: keyring ?? self.keyring, appPasswords: SQLAppPasswords(database), issuer: issuer,
            now: { clock.now })
    }

    private func issue() async throws -> AppPassword {
        var rng = SystemRandomNumberGenerator()
        return try await issuer.create(
            AppPasswordIssuer.Request(name: "Thunderbird", application: "email-client", services: ["imap"]), for: alice,
            actor: .account(alice), at: clock.now, using: &rng
        ).appPassword
    }

    @Test("a link revokes its own app password and no other, and the log says that a link did it")
    func revokes() async throws {
        let (mine, other) = (try await issue(), try await issue())
        let token = links().token(for: mine.id)
        #expect(token.count == 64 && token == links().token(for: mine.id), "the same however often it is sent")
        #expect(try await links().appPassword(bearing: token)?.id == mine.id)
        #expect(try await links().revoke(bearing: token, from: Origin(address: IPAddress("192.0.2.7"))))
        let repository = SQLAppPasswords(database)
        #expect(try await repository.appPassword(mine.id)?.state(at: clock.now) == .revoked)
        #expect(try await repository.appPassword(other.id)?.state(at: clock.now) == .active)
        let event = try #require(
            try await SQLAuditLog(database).entries(matching: AuditFilter(), limit: 1).first?.event)
        #expect(event.action == .appPasswordRevoked && event.actor == .link && event.address == IPAddress("192.0.2.7"))
        // Again is no error and no second event.
        #expect(try await links().revoke(bearing: token, from: Origin(address: nil)))
        #expect(
            try await SQLAuditLog(database).entries(matching: AuditFilter(action: .appPasswordRevoked), limit: 9).count
                == 1)
    }

    @Test("a link works for 30 days and not a second longer")
    func lifetime() async throws {
        let token = links().token(for: try await issue().id)
        clock.advance(by: .days(30) - .seconds(1))
        #expect(try await links().appPassword(bearing: token) != nil)
        clock.advance(by: .seconds(1))
        #expect(try await links().appPassword(bearing: token) == nil)
        #expect(try await !links().revoke(bearing: token, from: Origin(address: nil)))
    }

    @Test("no octet of a link can be another, and no other installation's key makes one")
    func forgeries() async throws {
        let appPassword = try await issue()
        let token = try #require(links().token(for: appPassword.id).reveal())
        for place in token.indices {
            var forged = token
            forged.replaceSubrange(place...place, with: token[place] == "A" ? "B" : "A")
            #expect(try await links().appPassword(bearing: Secret(forged)) == nil)
        }
        for forged in [
            "", "A", String(token.dropLast()), token + "AAAA", String(repeating: "é", count: 32), token + "=",
        ] {
            #expect(try await links().appPassword(bearing: Secret(forged)) == nil)
        }
        let stranger = try #require(Keyring(try MasterKey.create(at: directory.path("other.key"))))
        #expect(try await links().appPassword(bearing: links(stranger).token(for: appPassword.id)) == nil)
    }
}
