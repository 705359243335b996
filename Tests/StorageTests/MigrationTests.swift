import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Storage

struct MigrationTests {
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
}
