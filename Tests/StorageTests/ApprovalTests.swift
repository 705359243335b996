import Crypto
import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Storage

/// The policy `sign-in.first-use-approval` over a real database: sign-ins, the owner's answers, and one store that remembers.
@Suite("First-use approval")
struct ApprovalTests {
    private struct Scene {
        let house: Installation
        let alice: Account
        let issued: AppPasswordIssuer.Issued
        let store: SQLiteCredentialStore
        let approvals: FirstUseApprovals
        let repository: SQLApprovals

        init() async throws {
            house = try await Installation()
            alice = try await house.addAccount("alice@example.com")
            issued = try await house.issue(to: alice)
            store = try SQLiteCredentialStore(house.database, readsApprovals: true)
            repository = SQLApprovals(house.database)
            approvals = FirstUseApprovals(repository: repository)
        }

        func signIn(from address: String?, with secret: AppPasswordSecret? = nil) async throws -> Refusal? {
            try await house.verify(
                "alice", (secret ?? issued.secret).display, from: address, client: "Thunderbird", store: store
            )
            .refusal
        }

        var waiting: [WaitingNetwork] {
            get async throws { try await approvals.waiting(of: alice.id, at: house.clock.now) }
        }

        func answer(_ address: String?, _ decision: FirstUseApprovals.Decision) async throws -> Bool {
            let network = ClientNetwork(of: address.flatMap { IPAddress($0) })
            let actor = AuditEvent.Actor.account(alice.id)
            return switch decision {
            case .approved:
                try await approvals.approve(network, of: issued.appPassword, actor: actor, at: house.clock.now)
            case .denied: try await approvals.deny(network, of: issued.appPassword, actor: actor, at: house.clock.now)
            }
        }

        func events() async throws -> [String] {
            try await house.audit.entries(matching: AuditFilter(), limit: 1_000).reversed().map(\.event)
                .filter { [.approvalAsked, .networkApproved, .networkDenied].contains($0.action) }
                .map { "\($0.action.rawValue) \($0.detail ?? "") by \($0.actor == .system ? "system" : "owner")" }
        }
    }

    @Test("the first sign-in waits, is asked about once, and after the yes the next one gets in")
    func approved() async throws {
        let scene = try await Scene()
        for _ in 0..<3 { #expect(try await scene.signIn(from: "192.0.2.7") == .awaitingApproval) }
        let waiting = try await scene.waiting
        #expect(waiting.count == 1)
        #expect(waiting.first?.network.description == "192.0.2.0/24")
        #expect(waiting.first?.client == "Thunderbird" && waiting.first?.service == .imap)
        #expect(try await scene.answer("192.0.2.7", .approved))
        #expect(try await scene.signIn(from: "192.0.2.200") == nil)
        #expect(try await scene.waiting.isEmpty)
        #expect(try await scene.answer("192.0.2.7", .approved) == false)
        #expect(
            try await scene.events() == [
                "app-password.approval-asked 192.0.2.0/24 by system",
                "app-password.network-approved 192.0.2.0/24 by owner",
            ])
        // Each network for itself, the unknown one, too.
        #expect(try await scene.signIn(from: "192.0.3.7") == .awaitingApproval)
        #expect(try await scene.signIn(from: nil) == .awaitingApproval)
        #expect(try await scene.waiting.map(\.network.description) == ["192.0.3.0/24", "unknown"])
    }

    @Test("after a no that network is refused for good, the others are not, and a yes can follow")
    func denied() async throws {
        let scene = try await Scene()
        #expect(try await scene.signIn(from: "203.0.113.9") == .awaitingApproval)
        #expect(try await scene.answer("203.0.113.9", .denied))
        #expect(try await scene.signIn(from: "203.0.113.10") == .networkNotAllowed)
        #expect(try await scene.waiting.isEmpty)
        #expect(try await scene.answer("192.0.2.7", .approved))
        #expect(try await scene.signIn(from: "192.0.2.7") == nil)
        #expect(try await scene.answer("203.0.113.9", .approved))
        #expect(try await scene.signIn(from: "203.0.113.9") == nil)
    }

    @Test("a question expires after seven days, and the next sign-in asks anew")
    func expiry() async throws {
        let scene = try await Scene()
        #expect(try await scene.signIn(from: "192.0.2.7") == .awaitingApproval)
        scene.house.clock.advance(by: .days(7))
        #expect(try await scene.waiting.isEmpty)
        #expect(try await scene.signIn(from: "192.0.2.7") == .awaitingApproval)
        #expect(try await scene.waiting.map(\.since) == [scene.house.clock.now])
        #expect(try await scene.events().count == 2)
    }

    @Test("whoever has the secret cannot ask more than twenty questions at once")
    func bounded() async throws {
        let scene = try await Scene()
        for place in 0..<30 { #expect(try await scene.signIn(from: "10.0.\(place).1") == .awaitingApproval) }
        #expect(try await scene.waiting.count == FirstUseApprovals.maximumWaiting)
        #expect(try await scene.events().count == FirstUseApprovals.maximumWaiting)
    }

    @Test("beyond two hundred approved networks the oldest is asked about again")
    func oldest() async throws {
        let scene = try await Scene()
        for place in 0...FirstUseApprovals.maximumApproved {
            #expect(try await scene.answer("10.\(place).0.1", .approved))
            scene.house.clock.advance(by: .seconds(1))
        }
        #expect(try await scene.signIn(from: "10.0.0.1") == .awaitingApproval)
        #expect(try await scene.signIn(from: "10.1.0.1") == nil)
    }

    @Test("a wrong secret asks nothing, and an app password that has ended is asked about no more")
    func ended() async throws {
        let scene = try await Scene()
        var rng = SystemRandomNumberGenerator()
        #expect(try await scene.signIn(from: "192.0.2.7", with: .generate(.standard, using: &rng)) == .unknown)
        #expect(try await scene.waiting.isEmpty)
        #expect(try await scene.signIn(from: "192.0.2.7") == .awaitingApproval)
        _ = try await scene.house.issuer.revoke(
            scene.issued.appPassword, actor: .system, at: scene.house.clock.now)
        #expect(try await scene.waiting.isEmpty)
        #expect(try await scene.signIn(from: "192.0.2.7") == .revoked)
    }

    @Test("a replacement may be used where the old one might, and asks elsewhere")
    func rotated() async throws {
        let scene = try await Scene()
        #expect(try await scene.answer("192.0.2.7", .approved))
        #expect(try await scene.answer("203.0.113.9", .denied))
        var rng = SystemRandomNumberGenerator()
        let replacement = try #require(
            try await scene.house.issuer.rotate(
                scene.issued.appPassword, actor: .system, at: scene.house.clock.now, using: &rng))
        #expect(try await scene.signIn(from: "192.0.2.7", with: replacement.secret) == nil)
        #expect(try await scene.signIn(from: "203.0.113.9", with: replacement.secret) == .networkNotAllowed)
        #expect(try await scene.signIn(from: "198.51.100.1", with: replacement.secret) == .awaitingApproval)
    }

    @Test("networks used before the policy, or while it was off, need no yes; a no stands")
    func learned() async throws {
        let scene = try await Scene()
        let secret = scene.issued.secret.display
        // Without the policy nothing is asked.
        #expect(try await scene.house.verify("alice", secret, from: "192.0.2.7").refusal == nil)
        #expect(try await scene.house.verify("alice", secret, from: nil).refusal == nil)
        #expect(try await scene.waiting.isEmpty)
        try await scene.repository.learnUsedNetworks()
        #expect(try await scene.signIn(from: "192.0.2.9") == nil)
        #expect(try await scene.signIn(from: nil) == nil)
        #expect(try await scene.signIn(from: "198.51.100.1") == .awaitingApproval)
        #expect(try await scene.house.verify("alice", secret, from: "198.51.100.1").refusal == nil)
        #expect(try await scene.answer("203.0.113.9", .denied))
        #expect(try await scene.house.verify("alice", secret, from: "203.0.113.9").refusal == nil)
        try await scene.repository.learnUsedNetworks()
        #expect(try await scene.signIn(from: "198.51.100.1") == nil)
        #expect(try await scene.signIn(from: "203.0.113.9") == .networkNotAllowed)
        // A server that starts again learns nothing twice.
        try await scene.repository.learnUsedNetworks()
    }

    @Test(
        "an answer given by another process holds from the next sign-in on, whatever is remembered",
        arguments: [
            ("UPDATE approval SET state = 'denied'", Refusal.networkNotAllowed),
            ("DELETE FROM approval", .awaitingApproval),
            (
                "INSERT OR REPLACE INTO approval SELECT app_password, network, 'denied', 1, NULL, NULL, NULL FROM approval",
                .networkNotAllowed
            ),
        ])
    func elsewhere(statement: String, refusal: Refusal) async throws {
        let scene = try await Scene()
        #expect(try await scene.answer("192.0.2.7", .approved))
        for _ in 0..<2 { #expect(try await scene.signIn(from: "192.0.2.7") == nil) }
        let other = try await SQLiteDatabase.open(path: scene.house.database.path)
        try await other.transaction { try $0.execute(statement) }
        #expect(try await scene.signIn(from: "192.0.2.7") == refusal)
    }

    @Test("asking does not throw away what is remembered twice for the same network")
    func version() async throws {
        let scene = try await Scene()
        func version() async throws -> Int64? {
            try await scene.house.database.read { try $0.query("SELECT version FROM standing").first?.integer(0) }
        }
        #expect(try await scene.signIn(from: "192.0.2.7") == .awaitingApproval)
        let before = try await version()
        for _ in 0..<3 { #expect(try await scene.signIn(from: "192.0.2.7") == .awaitingApproval) }
        #expect(try await version() == before)
    }

    @Test("of a hundred answers at once one counts")
    func race() async throws {
        let scene = try await Scene()
        #expect(try await scene.signIn(from: "192.0.2.7") == .awaitingApproval)
        let counted = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { try await scene.answer("192.0.2.7", .approved) } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(counted == 1)
        #expect(try await scene.events().count == 2)
    }
}
