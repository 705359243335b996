import Accounts
import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Storage

struct MigrationTests {
    @Test("a session of before there was single sign-on goes on, and stands on no provider")
    func beforeSingleSignOn() async throws {
        let house = try await Installation(
            migrator: Migrator([.foundation, .portal, .groups, .notice, .standing, .webAuthn]))
        let alice = try await house.addAccount("alice@example.com")
        var rng = SystemRandomNumberGenerator()
        let session = Session(
            id: Identifier(at: house.clock.now, using: &rng), account: alice.id, stage: .signedIn,
            created: house.clock.now, lastSeen: house.clock.now, strongAt: house.clock.now, methods: [.passkey])
        let sessions = SQLSessions(house.database)
        try await sessions.insert(
            session, tokenHash: [1], event: AuditEvent(time: house.clock.now, action: .portalSignIn, actor: .system))
        try await Migrator().migrate(house.database)
        #expect(try await sessions.session(tokenHash: [1]) == session)
        let identities = SQLIdentities(house.database, trust: .none)
        #expect(try await identities.origin(of: session.id) == nil)
        #expect(try await identities.identities(of: alice.id).isEmpty)
    }

    @Test("who was away at a provider during the upgrade comes back")
    func beforeNetworksOfSignIns() async throws {
        let house = try await Installation(
            migrator: Migrator([.foundation, .portal, .groups, .notice, .standing, .webAuthn, .mail, .approvals, .oidc])
        )
        let now = house.clock.now
        _ = try await house.database.transaction {
            try $0.execute(
                "INSERT INTO oidc_pending (state_hash, browser_hash, sealed, created) VALUES (?, ?, ?, ?)",
                .blob([1]), .blob([2]), .blob([3]), .integer(now.microseconds))
        }
        try await Migrator().migrate(house.database)
        let identities = SQLIdentities(house.database, trust: .none)
        try await identities.put(
            PendingErrand(stateHash: [4], browserHash: [5], sealed: [6], network: nil), at: now)
        #expect(try await identities.take(stateHash: [1], browserHash: [2], at: now) == [3])
        #expect(try await identities.take(stateHash: [4], browserHash: [5], at: now) == [6])
    }

    @Test("an authenticator app of before they had names is enrolled, and gets one")
    func beforeNames() async throws {
        let house = try await Installation(
            migrator: Migrator([.foundation, .portal, .groups, .notice, .standing, .webAuthn, .mail, .approvals, .oidc])
        )
        let alice = try await house.addAccount("alice@example.com")
        try await house.database.transaction { connection in
            _ = try connection.execute(
                "INSERT INTO totp (account, state, sealed, since, last_step) VALUES (?, 'active', ?, 7, 8)",
                .blob(alice.id.octets), .blob([1, 2]))
        }
        try await Migrator().migrate(house.database)
        let factors = SQLSecondFactors(house.database)
        let since = Timestamp(microseconds: 7)
        #expect(
            try await factors.factors(of: alice.id).totp
                == SecondFactors.EnrolledTOTP(sealed: [1, 2], name: nil, since: since, lastStep: 8, lastUse: nil))
        let event = AuditEvent(time: since, action: .totpRenamed, actor: .system, account: alice.id)
        #expect(try await factors.renameTOTP(of: alice.id, to: "Phone", event: event))
        #expect(try await factors.factors(of: alice.id).totp?.name == "Phone")
        #expect(try await factors.factors(of: alice.id).mailbox == nil)
    }

    @Test("a database of before there were groups loses nothing, and groups work in it")
    func beforeGroups() async throws {
        let house = try await Installation(migrator: Migrator([.foundation, .portal]))
        let alice = try await house.addAccount("alice@example.com", aliases: ["al@example.com"])
        let issued = try await house.issue(to: alice)
        var rng = SystemRandomNumberGenerator()
        let token = ServiceToken.generate(using: &rng)
        let service = Identifier<RelyingService>(at: house.clock.now, using: &rng)
        // As the release of that time wrote it.
        _ = try await house.database.transaction {
            try $0.execute(
                "INSERT INTO relying_service (token_hash, id, name, services, created) VALUES (?, ?, 'nginx', 'imap smtp', 1)",
                .blob(ServiceToken.hash(token)), .blob(service.octets))
        }

        try await Migrator().migrate(house.database)
        #expect(try await house.accounts.account(alice.id) == alice)
        #expect(try await house.appPasswords.appPassword(issued.appPassword.id) == issued.appPassword)
        #expect(
            try await house.people.relyingServices() == [
                RelyingService(
                    id: service, name: "nginx", services: [.imap, .smtp], created: Timestamp(microseconds: 1))
            ])
        let staff = try await house.addGroup("staff")
        try await house.join(alice, staff)
        guard case .accepted(let acceptance) = try await house.verify("al", issued.secret.display) else {
            Issue.record("refused")
            return
        }
        #expect(acceptance.groups == [staff.name])
        guard case .intact = try await house.audit.verify() else {
            Issue.record("the chain is broken")
            return
        }
    }

    @Test("of a database of before there were notices only what ends from now on is told")
    func beforeNotices() async throws {
        let house = try await Installation(migrator: Migrator([.foundation, .portal, .groups]))
        let alice = try await house.addAccount("alice@example.com")
        let issued = try await house.issue(to: alice)
        // As the release of that time wrote it: an event, and no more.
        try await house.database.transaction { connection in
            var chain = AuditChain()
            if let last = try connection.query("SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1").first {
                chain = AuditChain(sequence: try last.integer(0), head: try last.blob(1))
            }
            let event = AuditEvent(
                time: house.clock.now, action: .accountDisabled, actor: .machineUser("test"), account: alice.id)
            chain.append(event)
            try connection.execute(
                "INSERT INTO audit_event (seq, time, action, actor, account, hash) VALUES (?, ?, ?, ?, ?, ?)",
                .integer(chain.sequence), .integer(event.time.microseconds), .text(event.action.rawValue),
                .text(event.actor.description), .blob(alice.id.octets), .blob(chain.head))
        }

        try await Migrator().migrate(house.database)
        let feed = SQLRevocations(house.database)
        let start = try await feed.position(of: "dovecot")
        #expect(try await feed.revocations(after: 0, limit: 10) == [])
        #expect(try await house.issuer.revoke(issued.appPassword, actor: .system, at: house.clock.now))
        #expect(try await feed.revocations(after: start, limit: 10).map(\.appPassword) == [issued.appPassword.id])
        guard case .intact(count: 4, _) = try await house.audit.verify() else {
            Issue.record("the chain is broken")
            return
        }
    }
}
