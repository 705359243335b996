import Keyring
import LatchkeyCore
import LatchkeyTesting
import Storage
import Testing

@testable import Accounts

@Suite("Helpdesk")
struct HelpdeskTests {
    /// A person with these roles, signed in with a fresh code.
    private func person(_ login: String, _ roles: Set<Account.Role>, _ house: House) async throws -> Person {
        let person = try await house.addPerson(login)
        var account = person.account
        account.roles = roles
        try await house.update(account, .accountChanged)
        return Person(account: account, totp: person.totp, token: person.token, session: person.session)
    }

    private func outcome(_ helper: Person, _ other: Account, _ house: House) async throws -> String {
        do {
            let link = try await house.helpdesk.issueLink(for: other.id, in: helper.session, from: House.home)
            #expect(link.expires - house.clock.now == Helpdesk.linkLifetime)
            #expect(try await house.links.invitation(bearing: link.token) != nil)
            return "link"
        } catch let notAllowed as Helpdesk.NotAllowed {
            return notAllowed.objection.map { "\($0)" } ?? "nobody"
        } catch is StepUpRequired {
            return "step up"
        }
    }

    @Test(
        "who may make a link for whom: admins for helpdesk and people, the helpdesk for people, nobody for themselves or an admin"
    )
    func rule() async throws {
        let house = try await House()
        let admin = try await person("admin@example.com", [.admin], house)
        let root = try await person("root@example.com", [.admin, .helpdesk], house)
        let helper = try await person("helper@example.com", [.helpdesk], house)
        let colleague = try await person("colleague@example.com", [.helpdesk], house)
        let alice = try await person("alice@example.com", [], house)
        let bob = try await person("bob@example.com", [], house)
        let expected: [(Person, [String])] = [
            (admin, ["oneself", "privileged", "link", "link", "link", "link"]),
            (root, ["privileged", "oneself", "link", "link", "link", "link"]),
            (helper, ["privileged", "privileged", "oneself", "privileged", "link", "link"]),
            (alice, Array(repeating: "nobody", count: 6)),
        ]
        // Enrolment took half a minute of each.
        for (asking, outcomes) in expected {
            var seen: [String] = []
            for other in [admin, root, helper, colleague, alice, bob] {
                let fresh = Session(
                    id: asking.session.id, account: asking.account.id, stage: .signedIn, created: house.clock.now,
                    lastSeen: house.clock.now, strongAt: house.clock.now)
                let asked = Person(account: asking.account, totp: asking.totp, token: asking.token, session: fresh)
                seen.append(try await outcome(asked, other.account, house))
                let shown = try? await house.helpdesk.person(named: other.account.login.text, for: asking.account)
                let said = shown.map { $0.objection.map { "\($0)" } ?? "link" } ?? "nobody"
                #expect(said == seen.last, "what the page says is what holds")
            }
            #expect(seen == outcomes, "\(asking.account.login)")
        }
    }

    @Test("a link takes a fresh code, and a helper who still is one")
    func freshness() async throws {
        let house = try await House()
        let helper = try await person("helper@example.com", [.helpdesk], house)
        let alice = try await house.addAccount()
        #expect(try await outcome(helper, alice, house) == "link")
        var former = helper.account
        former.roles = []
        try await house.update(former, .accountChanged)
        #expect(try await outcome(helper, alice, house) == "nobody")
        former.roles = [.helpdesk]
        try await house.update(former, .accountChanged)
        house.clock.advance(by: SessionTimes().freshness + .seconds(1))
        #expect(try await outcome(helper, alice, house) == "step up")
        let half = Session(
            id: helper.session.id, account: helper.account.id, stage: .secondFactor, created: house.clock.now,
            lastSeen: house.clock.now, strongAt: house.clock.now)
        #expect(
            try await outcome(
                Person(account: helper.account, totp: helper.totp, token: helper.token, session: half), alice, house)
                == "step up")
    }

    @Test("a disabled person gets no link, and a disabled helper makes none")
    func disabled() async throws {
        let house = try await House()
        let helper = try await person("helper@example.com", [.helpdesk], house)
        var alice = try await house.addAccount()
        alice.disabled = house.clock.now
        try await house.update(alice, .accountDisabled)
        #expect(try await outcome(helper, alice, house) == "disabled")
        var gone = helper.account
        gone.disabled = house.clock.now
        try await house.update(gone, .accountDisabled)
        let bob = try await house.addAccount("bob@example.com")
        #expect(try await outcome(helper, bob, house) == "nobody")
    }

    @Test("a person is found by their exact login name or alias, with the last times and ways, and no secret")
    func found() async throws {
        let house = try await House()
        let helper = try await person("helper@example.com", [.helpdesk], house)
        let alice = try await house.addPerson("alice@example.com", aliases: ["al@example.com"])
        for name in ["alice@example.com", "ALICE", "al"] {
            let found = try #require(try await house.helpdesk.person(named: name, for: helper.account))
            #expect(found.account.id == alice.account.id)
            #expect(found.ways.passwordSet != nil && found.ways.totpEnrolled != nil)
            #expect(found.lastPortalSignIn != nil && found.lastAppSignIn == nil)
        }
        for name in ["", "alic", "alice@example.co", "a*", "%", "bob"] {
            #expect(try await house.helpdesk.person(named: name, for: helper.account) == nil)
        }
    }

    @Test("the log says who made the link, for whom, from where and until when")
    func audited() async throws {
        let house = try await House()
        let helper = try await person("helper@example.com", [.helpdesk], house)
        let alice = try await house.addAccount()
        _ = try await house.helpdesk.issueLink(for: alice.id, in: helper.session, from: House.elsewhere)
        let event = try #require(
            try await house.audit.entries(
                matching: AuditFilter(account: alice.id, action: .setupLinkIssued), limit: 1
            ).first
        ).event
        #expect(event.actor == .account(helper.account.id))
        #expect(event.address == House.elsewhere.address)
        #expect(event.detail == "until \(house.clock.now + Helpdesk.linkLifetime)")
    }

    @Test("a link made for somebody without a role is dead once they get one")
    func promoted() async throws {
        let house = try await House()
        let helper = try await person("helper@example.com", [.helpdesk], house)
        var alice = try await house.addAccount()
        let link = try await house.helpdesk.issueLink(for: alice.id, in: helper.session, from: House.home)
        alice.name = "Alice"
        try await house.update(alice, .accountChanged)
        #expect(try await house.links.invitation(bearing: link.token) != nil)
        alice.roles = [.admin]
        try await house.update(alice, .accountChanged)
        #expect(try await house.links.invitation(bearing: link.token) == nil)
        #expect(
            try await house.links.accept(token: link.token, password: House.password, from: House.elsewhere) == nil)
    }

    @Test("of a hundred uses of one link at the same time exactly one succeeds")
    func linkRace() async throws {
        let house = try await House()
        let helper = try await person("helper@example.com", [.helpdesk], house)
        let alice = try await house.addPerson()
        let link = try await house.helpdesk.issueLink(for: alice.account.id, in: helper.session, from: House.home)
        let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    do {
                        return try await house.links.accept(
                            token: link.token, password: Secret("violet-harbour-spoon-\(number)"), from: House.home)
                            != nil
                    } catch is PasswordHasher.Busy {
                        return false
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
        #expect(try await house.sessions.sessions(of: alice.account.id).map(\.stage) == [.enrolment])
        #expect(try await house.events(of: alice.account.id).count { $0 == "portal.setup-link-used" } == 2)
    }

    @Test("of a hundred uses of one recovery code at the same time exactly one succeeds")
    func codeRace() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let code = try #require(
            try await house.credentials.issueRecoveryCodes(in: alice.session, from: House.home).first?.reveal())
        var waiting: [Session] = []
        for _ in 0..<3 { waiting.append(try #require(try await house.signIn().started).session) }
        let sessions = waiting
        let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<100 {
                group.addTask {
                    try await house.access.redeem(
                        recoveryCode: code, in: sessions[number % sessions.count], from: House.home
                    ).word
                }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == "confirmed" } == 1)
        #expect(Set(outcomes).isSubset(of: ["confirmed", "already used", "ended", "throttled"]))
        #expect(try await house.credentials.ways(of: alice.account.id).recoveryCodesLeft == 9)
    }

    @Test("what a link takes away is in the log, beside its use, and only what was there")
    func removed() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        _ = try await house.credentials.issueRecoveryCodes(in: alice.session, from: House.home)
        house.clock.advance(by: .seconds(10))
        let link = try await house.links.issue(for: alice.account.id, actor: .system)
        _ = try await house.links.accept(token: link, password: House.password, from: House.home)
        let entries = try await house.audit.entries(
            matching: AuditFilter(account: alice.account.id, since: house.clock.now), limit: 100)
        #expect(
            entries.reversed().map { "\($0.event.action.rawValue) \($0.event.detail ?? "")" }.suffix(5) == [
                "portal.setup-link-used ", "portal.password-set ", "portal.totp-removed by a setup link",
                "portal.recovery-codes-removed 10", "portal.sessions-ended 1, by a setup link",
            ])
    }
}
