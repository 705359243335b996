import Keyring
import LatchkeyCore
import LatchkeyTesting
import Storage
import TOTP
import Testing

@testable import Accounts

struct SetupLinkTests {
    private func accept(
        _ token: Secret, _ house: House, login: String? = nil, name: String? = nil, password: Secret = House.password
    ) async throws -> (token: Secret, session: Session)? {
        try await house.links.accept(token: token, login: login, name: name, password: password, from: House.home)
    }

    @Test("a link sets the password of its account, once, and leads to enrolment")
    func account() async throws {
        let house = try await House()
        let account = try await house.addAccount()
        let token = try await house.links.issue(for: account.id, actor: .machineUser("root"))
        #expect(try await house.links.invitation(bearing: token) == .account(account))
        let (sessionToken, session) = try #require(try await accept(token, house))
        #expect(session.stage == .enrolment)
        #expect(try await house.access.session(bearing: sessionToken, from: House.home) == session)
        #expect(try await house.links.invitation(bearing: token) == nil)
        #expect(try await accept(token, house) == nil)
        #expect(
            try await house.events(of: account.id)
                == ["account.created", "portal.setup-link-issued", "portal.setup-link-used", "portal.password-set"])
    }

    @Test("of two visitors with one link at the same time exactly one gets in")
    func race() async throws {
        let house = try await House()
        let account = try await house.addAccount()
        for _ in 0..<5 {
            let token = try await house.links.issue(for: account.id, actor: .system)
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<3 {
                    group.addTask {
                        try await accept(token, house, password: Secret("violet-harbour-spoon-\(number)")) != nil
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(winners == 1)
        }
    }

    @Test("a link dies after its time, and with the next link for the same account")
    func expiry() async throws {
        let house = try await House()
        let account = try await house.addAccount()
        let first = try await house.links.issue(for: account.id, lifetime: .seconds(3_600), actor: .system)
        let other = try await house.links.issue(for: house.addAccount("bob@example.com").id, actor: .system)
        let second = try await house.links.issue(for: account.id, lifetime: .seconds(3_600), actor: .system)
        #expect(try await house.links.invitation(bearing: first) == nil)
        house.clock.advance(by: .seconds(3_599))
        #expect(try await house.links.invitation(bearing: second) != nil)
        house.clock.advance(by: .seconds(1))
        #expect(try await accept(second, house) == nil)
        #expect(try await house.links.invitation(bearing: other) != nil)
        await #expect(throws: InvalidInput.self) {
            try await house.links.issue(for: account.id, lifetime: .seconds(86_401), actor: .system)
        }
    }

    @Test("a link for a lost phone removes the second factor, the recovery codes and every session")
    func reset() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let codes = try await house.credentials.issueRecoveryCodes(in: alice.session, from: House.home)
        let waiting = try #require(try await house.signIn().started).token
        let token = try await house.links.issue(for: alice.account.id, actor: .system)
        // The link alone changes nothing.
        #expect(try await house.access.session(bearing: alice.token, from: House.home) != nil)
        let session = try #require(try await accept(token, house, password: Secret("meadow-lantern-oboe"))).session
        #expect(try await house.access.session(bearing: alice.token, from: House.home) == nil)
        #expect(try await house.access.session(bearing: waiting, from: House.home) == nil)
        #expect(try await house.signIn().word == "refused")
        let code = try #require(codes.first?.reveal())
        #expect(try await house.access.redeem(recoveryCode: code, in: session, from: House.home).word == "wrong")
        #expect(try await house.confirm(house.code(alice), in: session).word == "wrong")
        let events = try await house.events(of: alice.account.id)
        #expect(events.contains("portal.totp-removed"))
    }

    @Test("a link is dead while its account is disabled, and none is made for it")
    func disabled() async throws {
        let house = try await House()
        var account = try await house.addAccount()
        let token = try await house.links.issue(for: account.id, actor: .system)
        account.disabled = house.clock.now
        try await house.update(account, .accountDisabled)
        #expect(try await accept(token, house) == nil)
        await #expect(throws: InvalidInput.self) { try await house.links.issue(for: account.id, actor: .system) }
    }

    @Test("a password that will not do leaves the link good")
    func badPassword() async throws {
        let house = try await House()
        let token = try await house.links.issue(for: house.addAccount().id, actor: .system)
        let error = try await #require(throws: InvalidInput.self) {
            try await accept(token, house, password: Secret("alice2026"))
        }
        #expect(error.problems.map(\.field) == ["password"])
        #expect(try await accept(token, house) != nil)
    }

    @Test("a token that nobody has gives nothing", arguments: ["", "x", String(repeating: "A", count: 43)])
    func unknown(token: String) async throws {
        let house = try await House()
        #expect(try await house.links.invitation(bearing: Secret(token)) == nil)
        #expect(try await accept(Secret(token), house) == nil)
    }
}

struct FirstAdministratorTests {
    private func accept(_ token: Secret, _ house: House, login: String) async throws -> (
        token: Secret, session: Session
    )? {
        try await house.links.accept(
            token: token, login: login, name: "Ada Lovelace", password: House.password, from: House.home)
    }

    @Test("the first administrator makes themselves, and there is only one first")
    func first() async throws {
        let house = try await House()
        let token = try #require(try await house.links.issueFirstAdministrator(actor: .system))
        #expect(try await house.links.invitation(bearing: token) == .firstAdministrator)
        let session = try #require(try await accept(token, house, login: "Ada")).session
        let ada = try #require(try await house.accounts.account(session.account))
        #expect(ada.login.text == "ada@example.com")
        #expect(ada.name == "Ada Lovelace")
        #expect(ada.roles == [.admin])
        #expect(try await house.links.issueFirstAdministrator(actor: .system) == nil)
        #expect(try await house.signIn("ada").word == "enrolment")
        #expect(
            try await house.events(of: ada.id).prefix(3)
                == ["account.created", "portal.setup-link-used", "portal.password-set"])
    }

    @Test("a link for the first administrator is dead once there is any account")
    func overtaken() async throws {
        let house = try await House()
        let token = try #require(try await house.links.issueFirstAdministrator(actor: .system))
        _ = try await house.addAccount()
        #expect(try await house.links.invitation(bearing: token) == nil)
        #expect(try await accept(token, house, login: "ada") == nil)
        #expect(try await house.accounts.count() == 1)
    }

    @Test("of two who want to be first at the same time exactly one is")
    func race() async throws {
        let house = try await House()
        let token = try #require(try await house.links.issueFirstAdministrator(actor: .system))
        let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
            for login in ["ada", "grace", "mary"] {
                group.addTask { try await accept(token, house, login: login) != nil }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
        #expect(try await house.accounts.count() == 1)
    }

    @Test("every field that will not do is named at once, and the link stays good")
    func problems() async throws {
        let house = try await House()
        let token = try #require(try await house.links.issueFirstAdministrator(actor: .system))
        let error = try await #require(throws: InvalidInput.self) {
            try await house.links.accept(
                token: token, login: "two words", name: " ", password: Secret("short"), from: House.home)
        }
        #expect(error.problems.map(\.field) == ["login", "name", "password"])
        #expect(try await house.links.invitation(bearing: token) == .firstAdministrator)
    }
}
