import Crypto
import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Storage

struct AccountRepositoryTests {
    @Test("an account is found under its login name and every alias")
    func found() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com", aliases: ["al@example.com"])
        #expect(try await house.accounts.account(alice.id) == alice)
        for name in ["alice@example.com", "AL@example.com"] {
            #expect(try await house.accounts.account(named: try #require(LoginName(name))) == alice)
        }
        #expect(try await house.accounts.account(named: try #require(LoginName("bob@example.com"))) == nil)
    }

    @Test("no name leads to two accounts, and a refused insert leaves nothing behind")
    func unique() async throws {
        let house = try await Installation()
        _ = try await house.addAccount("alice@example.com", aliases: ["al@example.com"])
        for (login, aliases) in [
            ("alice@example.com", []), ("al@example.com", []), ("bob@example.com", ["al@example.com"]),
        ] {
            await #expect(throws: InvalidInput.self) { try await house.addAccount(login, aliases: aliases) }
        }
        #expect(try await house.accounts.count() == 1)
        #expect(try await house.audit.entries(matching: AuditFilter(), limit: 10).count == 1)
    }

    @Test("accounts are listed by name, in pages")
    func pages() async throws {
        let house = try await Installation()
        for login in ["carol@example.com", "alice@example.com", "bob@example.com"] {
            _ = try await house.addAccount(login, aliases: ["x-" + login])
        }
        let first = try await house.accounts.accounts(after: nil, limit: 2)
        #expect(first.map(\.login.text) == ["alice@example.com", "bob@example.com"])
        let rest = try await house.accounts.accounts(after: first.last?.login, limit: 2)
        #expect(rest.map(\.login.text) == ["carol@example.com"])
    }

    @Test("roles, name, aliases and the disabled mark can be changed")
    func update() async throws {
        let house = try await Installation()
        var alice = try await house.addAccount("alice@example.com", aliases: ["al@example.com"])
        alice.roles = [.admin]
        alice.name = "Alice Liddell"
        alice.aliases = [try #require(LoginName("liddell@example.com"))]
        alice.disabled = house.clock.now
        try await house.accounts.update(alice, event: house.event(.accountChanged, alice.id))
        #expect(try await house.accounts.account(alice.id) == alice)
        #expect(try await house.accounts.account(named: try #require(LoginName("al@example.com"))) == nil)
    }

    @Test("a deleted account takes its app passwords along and leaves its events")
    func delete() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com")
        let issued = try await house.issue(to: alice)
        try await house.accounts.delete(alice.id, event: house.event(.accountDeleted, alice.id))
        #expect(try await house.appPasswords.appPassword(issued.appPassword.id) == nil)
        #expect(try await house.verify("alice", issued.secret.display).refusal == .unknown)
        #expect(try await house.audit.entries(matching: AuditFilter(account: alice.id), limit: 10).count == 3)
    }
}

struct AppPasswordRepositoryTests {
    @Test("an app password is kept as it was issued")
    func kept() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com")
        let issued = try await house.issue(to: alice, lifetime: .days(90))
        #expect(try await house.appPasswords.appPassword(issued.appPassword.id) == issued.appPassword)
        let all = try await house.appPasswords.appPasswords(of: alice.id, includingEnded: false, at: house.clock.now)
        #expect(all == [issued.appPassword])
    }

    @Test("an accepted sign-in is its last use, before and after the digest")
    func lastUse() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com")
        let issued = try await house.issue(to: alice)
        #expect(try await house.verify("alice", issued.secret.display, service: .smtp).refusal == nil)
        let expected = AppPassword.LastUse(
            time: house.clock.now, service: .smtp, address: IPAddress("192.0.2.7"), client: nil)
        #expect(try await house.appPasswords.appPassword(issued.appPassword.id)?.lastUse == expected)
        let journal = GroupCommitJournal(house.database, durability: .strict, broadcast: SignInBroadcast()) { _ in }
        try await journal.digest()
        #expect(try await house.appPasswords.appPassword(issued.appPassword.id)?.lastUse == expected)

        house.clock.advance(by: .seconds(60))
        #expect(try await house.verify("alice", issued.secret.display, service: .caldav).refusal == .serviceNotAllowed)
        #expect(try await house.appPasswords.appPassword(issued.appPassword.id)?.lastUse == expected)
        #expect(try await house.verify("alice", issued.secret.display).refusal == nil)
        let later = try await house.appPasswords.appPassword(issued.appPassword.id)?.lastUse
        #expect(later?.time == house.clock.now)
        #expect(later?.service == .imap)
        try await journal.digest()
        #expect(try await house.appPasswords.appPassword(issued.appPassword.id)?.lastUse == later)
    }

    @Test("revoked is revoked from the next attempt on, and only once")
    func revoke() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com")
        let issued = try await house.issue(to: alice)
        #expect(try await house.verify("alice", issued.secret.display).refusal == nil)
        #expect(try await house.issuer.revoke(issued.appPassword, actor: .machineUser("test"), at: house.clock.now))
        #expect(try await house.verify("alice", issued.secret.display).refusal == .revoked)
        #expect(
            try await house.issuer.revoke(issued.appPassword, actor: .machineUser("test"), at: house.clock.now) == false
        )
    }

    @Test("a rotated app password works until its replacement is used")
    func rotate() async throws {
        let house = try await Installation()
        var rng = SystemRandomNumberGenerator()
        let alice = try await house.addAccount("alice@example.com")
        let old = try await house.issue(to: alice)
        let new = try #require(
            try await house.issuer.rotate(
                old.appPassword, actor: .machineUser("test"), at: house.clock.now, using: &rng))
        #expect(try await house.verify("alice", old.secret.display).refusal == nil)
        #expect(try await house.verify("alice", new.secret.display).refusal == nil)
        #expect(try await house.verify("alice", old.secret.display).refusal == .revoked)
        #expect(try await house.verify("alice", new.secret.display).refusal == nil)
        let kept = try await house.appPasswords.appPassword(old.appPassword.id)
        #expect(kept?.end == AppPassword.End(time: house.clock.now, cause: .rotated))
        #expect(kept?.successor == new.appPassword.id)
    }

    @Test("a rotated app password whose replacement is never used ends after seven days")
    func rotateUnused() async throws {
        let house = try await Installation()
        var rng = SystemRandomNumberGenerator()
        let alice = try await house.addAccount("alice@example.com")
        let old = try await house.issue(to: alice)
        _ = try await house.issuer.rotate(
            old.appPassword, actor: .machineUser("test"), at: house.clock.now, using: &rng)
        house.clock.advance(by: .days(7) - .seconds(1))
        #expect(try await house.verify("alice", old.secret.display).refusal == nil)
        house.clock.advance(by: .seconds(1))
        #expect(try await house.verify("alice", old.secret.display).refusal == .revoked)
    }

    @Test("of two rotations at once one wins")
    func rotateTwice() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com")
        let old = try await house.issue(to: alice)
        let winners = try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    var rng = SystemRandomNumberGenerator()
                    return try await house.issuer.rotate(
                        old.appPassword, actor: .machineUser("test"), at: house.clock.now, using: &rng) != nil
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test("there is a limit to working app passwords; ended ones do not count")
    func limit() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com")
        var last: AppPassword?
        for number in 0..<AppPasswordIssuer.limitPerAccount {
            last = try await house.issue(to: alice, name: "\(number)").appPassword
        }
        await #expect(throws: InvalidInput.self) { try await house.issue(to: alice) }
        _ = try await house.issuer.revoke(try #require(last), actor: .machineUser("test"), at: house.clock.now)
        _ = try await house.issue(to: alice)
    }

    @Test("every bad field of a request is named at once")
    func badRequest() async throws {
        let house = try await Installation()
        var rng = SystemRandomNumberGenerator()
        let request = AppPasswordIssuer.Request(
            name: " \n", application: "toaster", services: ["ümap"], networks: ["here"], lifetime: .seconds(1))
        do {
            _ = try await house.issuer.create(
                request, for: .nobody, actor: .machineUser("test"), at: house.clock.now, using: &rng)
            Issue.record("accepted")
        } catch let invalid as InvalidInput {
            #expect(Set(invalid.problems.map(\.field)) == ["name", "application", "services", "networks", "expires"])
        }
    }

    @Test("a sign-in under an older key moves the app password to the current one")
    func retag() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com")
        let issued = try await house.issue(to: alice)
        let newer = VerifierKey(id: 2, key: SymmetricKey(data: [UInt8](repeating: 9, count: 32)))
        let both = VerifierKeys(current: newer, older: [house.key])
        #expect(try await house.verify("alice", issued.secret.display, keys: both).refusal == nil)
        #expect(
            try await house.verify("alice", issued.secret.display, keys: VerifierKeys(current: newer)).refusal == nil)
        #expect(try await house.verify("alice", issued.secret.display).refusal == .unknown)
    }
}

struct RelyingServiceTests {
    @Test("a token is known from its making to its removal")
    func tokens() async throws {
        let house = try await Installation()
        var rng = SystemRandomNumberGenerator()
        let repository = SQLRelyingServices(house.database)
        let store = try SQLiteCredentialStore(house.database)
        let token = ServiceToken.generate(using: &rng)
        let service = RelyingService(
            id: Identifier(at: house.clock.now, using: &rng), name: "nginx", services: [.imap],
            mayReadDirectory: true, created: house.clock.now)
        func bearer() async throws -> RelyingService? {
            try await withCheckedThrowingContinuation { continuation in
                store.relyingService(bearing: token) { continuation.resume(with: $0) }
            }
        }
        #expect(try await bearer() == nil)
        try await repository.insert(
            service, tokenHash: ServiceToken.hash(token), event: house.event(.serviceTokenIssued))
        #expect(try await bearer() == service)
        #expect(try await repository.relyingServices() == [service])
        #expect(try await repository.delete(service.id, event: house.event(.serviceTokenRevoked)))
        #expect(try await bearer() == nil)
        #expect(try await repository.delete(service.id, event: house.event(.serviceTokenRevoked)) == false)
    }
}
