import LatchkeyCore
import LatchkeyTesting
import TOTP
import Testing

@testable import Accounts
@testable import OIDCClient
@testable import Storage

@Suite("Providers that do not say when somebody signed in")
struct UntoldTests {
    private let silent: [String: String?] = ["auth_time": nil]

    @Test(
        "who has nothing to confirm with may add the first way of their own, just after they signed in, and no second")
    func firstWay() async throws {
        let house = try await SignOnHouse { $0.singleFactor = .accept }
        let session = try #require(try await house.signIn(silent).session)
        let now = house.house.clock.now
        #expect(session.stage == .signedIn && session.strongAt == nil && !session.isFresh(at: now))
        // There is nothing else yet.
        #expect(try await house.signOn.providers(of: session.account).count == 1)
        #expect(try await house.credentials.mayEnrol(in: session))
        await #expect(throws: StepUpRequired.self) {
            _ = try await house.credentials.issueRecoveryCodes(in: session, from: House.home)
        }
        // Another who gets as far at the same time: whoever is first has it.
        let rival = try #require(try await house.signIn(silent).session)
        let late = try House.totp(try await house.credentials.beginTOTP(in: rival))
        let totp = try House.totp(try await house.credentials.beginTOTP(in: session))
        let code = totp.code(at: now.seconds)
        let added = try await house.credentials.confirmTOTP(code: code, in: session, from: House.home)
        #expect(added.confirmed?.session.isFresh(at: now) == true)
        await #expect(throws: StepUpRequired.self) {
            _ = try await house.credentials.confirmTOTP(
                code: late.code(at: now.seconds), in: rival, from: House.home)
        }
        // From then on that is what confirms, and a sign-in there is not fresh.
        let next = try #require(try await house.signIn(silent).session)
        #expect(next.stage == .signedIn && !next.isFresh(at: now))
        #expect(try await house.signOn.providers(of: session.account).isEmpty)
        await #expect(throws: StepUpRequired.self) { _ = try await house.credentials.beginTOTP(in: next) }
        house.house.clock.advance(by: .seconds(30))
        let confirmed = try await house.access.confirm(
            code: totp.code(at: house.house.clock.now.seconds), in: next, from: House.home)
        #expect(confirmed.confirmed?.session.isFresh(at: house.house.clock.now) == true)
    }

    @Test("of two who add the first way at once in two browsers, one does")
    func race() async throws {
        let house = try await SignOnHouse { $0.singleFactor = .accept }
        let one = try #require(try await house.signIn(silent).session)
        let two = try #require(try await house.signIn(silent).session)
        let totp = try House.totp(try await house.credentials.beginTOTP(in: one))
        let pending = try #require(try await house.access.factors.factors(of: one.account).pending)
        let now = house.house.clock.now
        _ = try await house.credentials.confirmTOTP(
            code: totp.code(at: now.seconds), in: one, from: House.home)
        // As if it had passed the first look before that.
        let proof = FactorProof.enrolment(sealed: pending.sealed, step: now.seconds / 30, at: now)
        #expect(
            try await house.access.sessions.advance(two, tokenHash: [1], by: proof, events: []) == .noFactor)
    }

    @Test(
        "minutes later nothing may be added any more: a confirmation, which proves nothing, counts as signing in anew")
    func late() async throws {
        let house = try await SignOnHouse { $0.singleFactor = .accept }
        let session = try #require(try await house.signIn(silent).session)
        house.house.clock.advance(by: .seconds(601))
        #expect(try await !house.credentials.mayEnrol(in: session))
        let back = try await house.comeBack(try await house.leave(.confirm(session)), silent, in: session)
        guard case .signedIn(_, let renewed) = back.homecoming else {
            Issue.record("\(back.homecoming)")
            return
        }
        #expect(renewed.id != session.id && !renewed.isFresh(at: house.house.clock.now))
        #expect(try await house.credentials.mayEnrol(in: renewed))
        #expect(try await house.house.sessions.sessions(of: session.account).map(\.id) == [renewed.id])
        #expect(try await house.house.events(of: session.account).contains("portal.sign-in-failed (policy)"))
        #expect(try await house.signOn.identities.issuersWithoutTime() == [ScriptedProvider.issuer])
    }

    @Test("who has a way of their own is told to confirm with that, and nothing changes")
    func ownWay() async throws {
        let house = try await SignOnHouse { $0.newcomers = [] }
        let alice = try await house.house.addPerson("alice@example.com")
        let linked = try await house.comeBack(try await house.leave(.link(alice.session)), silent, in: alice.session)
        let session = try #require(linked.homecoming.session)
        house.house.clock.advance(by: .seconds(601))
        let back = try await house.comeBack(try await house.leave(.confirm(session)), silent, in: session)
        #expect(back.homecoming.refusal == .untold)
        #expect(!session.isFresh(at: house.house.clock.now))
        #expect(try await house.house.sessions.sessions(of: alice.account.id).map(\.id) == [session.id])
        // It is not offered any more, until it says when.
        #expect(try await house.signOn.providers(of: alice.account.id).isEmpty)
        #expect(try await house.signIn().session != nil)
        #expect(try await house.signOn.providers(of: alice.account.id).map(\.name) == [house.provider.name])
        // Nor is it a second step after a password.
        let begun = try await house.access.signIn(
            login: "alice@example.com", password: House.password, from: House.home)
        let half = try #require(begun.started?.session)
        let step = try await house.comeBack(try await house.leave(.confirm(half)), silent, in: half)
        #expect(step.homecoming.refusal == .untold)
    }

    @Test("a provider that says when, but whose people are not fresh, lets them add nothing")
    func toldAndOld() async throws {
        let house = try await SignOnHouse { $0.singleFactor = .accept }
        let old = "\(house.house.clock.now.seconds - 7_200)"
        let session = try #require(try await house.signIn(["auth_time": old]).session)
        #expect(session.strongAt != nil)
        #expect(try await !house.credentials.mayEnrol(in: session))
    }
}

@Suite("What single sign-on keeps for a while")
struct SignOnMemoryTests {
    @Test("one network cannot push out the sign-ins that others have begun, an IPv6 /64 being one")
    func perNetwork() async throws {
        let house = try await SignOnHouse()
        let trip = try await house.leave(from: Origin(address: IPAddress("192.0.2.7")))
        let neighbour = try await house.leave(from: Origin(address: IPAddress("2001:db8:0:1::1")))
        var mine: [Trip] = []
        for number in 0..<502 {
            let address = IPAddress("2001:db8:0:2::\(String(number, radix: 16))")
            mine.append(try await house.leave(from: Origin(address: address)))
            house.house.clock.advance(by: .milliseconds(1))
        }
        #expect(try await house.comeBack(trip).homecoming.session != nil)
        #expect(try await house.comeBack(neighbour).homecoming.session != nil)
        #expect(try await house.comeBack(mine[0]).homecoming.refusal == .provider(.response(.otherState)))
        #expect(try await house.comeBack(mine[501]).homecoming.session != nil)
    }

    @Test("a form is found again in its own session only, for a quarter of an hour, and four of them at most")
    func keptForms() async throws {
        let house = try await SignOnHouse()
        let alice = try #require(try await house.signIn().session)
        let bob = try #require(
            try await house.signIn(["sub": #""bob-1""#, "email": #""bob@example.com""#]).session)
        let fields = [("name", "Käthe’s laptop & more"), ("service", "imap"), ("service", "smtp")]
            .map { (name: $0.0, value: $0.1) }
        let id = try #require(try await house.signOn.keep(fields, in: alice))
        let kept = try #require(try await house.signOn.kept(id, in: alice))
        #expect(kept.map { "\($0.name)=\($0.value)" } == fields.map { "\($0.name)=\($0.value)" })
        #expect(try await house.signOn.kept(id, in: bob) == nil)
        #expect(try await house.signOn.kept(Secret("guess"), in: alice) == nil)
        for _ in 0..<4 {
            house.house.clock.advance(by: .milliseconds(1))
            _ = try await house.signOn.keep(fields, in: alice)
        }
        #expect(try await house.signOn.kept(id, in: alice) == nil)
        let last = try #require(try await house.signOn.keep(fields, in: alice))
        house.house.clock.advance(by: .seconds(901))
        #expect(try await house.signOn.kept(last, in: alice) == nil)
        let long = [(name: "networks", value: String(repeating: "1", count: 16_384))]
        #expect(try await house.signOn.keep(long, in: alice) == nil)
    }

    @Test("what is kept goes with its session")
    func withTheSession() async throws {
        let house = try await SignOnHouse()
        let session = try #require(try await house.signIn().session)
        let id = try #require(try await house.signOn.keep([(name: "name", value: "x")], in: session))
        try await house.access.signOut(session, from: House.home)
        #expect(try await house.signOn.kept(id, in: session) == nil)
    }

    @Test("a logout notice is remembered in the transaction that obeys it, for as long as it could be used again")
    func notices() async throws {
        let house = try await SignOnHouse()
        let identities = house.signOn.identities
        func obey(_ id: String, issuer: String = ScriptedProvider.issuer) async throws -> Int? {
            let now = house.house.clock.now
            let notice = LogoutNotice(
                issuer: issuer, subject: "alice-1", sessionID: nil, tokenID: id,
                useless: NumericDate(seconds: now.seconds + 660))
            return try await identities.endSessions(named: notice, at: now) { account in
                AuditEvent(time: now, action: .sessionsEnded, actor: .system, account: account)
            }
        }
        _ = try await house.signIn()
        #expect(try await obey("one") == 1)
        _ = try await house.signIn()
        // It would end a session that began after it.
        #expect(try await obey("one") == nil)
        #expect(try await obey("one", issuer: "https://other.example") == 0, "another issuer's is another")
        #expect(try await obey("two") == 1)
        _ = try await house.signIn()
        let lost = LogoutNotice(
            issuer: ScriptedProvider.issuer, subject: "alice-1", sessionID: nil, tokenID: "three",
            useless: NumericDate(seconds: house.house.clock.now.seconds + 660))
        // What could not be obeyed may be sent again.
        try await house.house.database.transaction { _ = try $0.execute("ALTER TABLE session RENAME TO away") }
        await #expect(throws: (any Error).self) {
            _ = try await identities.endSessions(named: lost, at: house.house.clock.now) { account in
                AuditEvent(time: house.house.clock.now, action: .sessionsEnded, actor: .system, account: account)
            }
        }
        try await house.house.database.transaction { _ = try $0.execute("ALTER TABLE away RENAME TO session") }
        #expect(try await obey("three") == 1)
        house.house.clock.advance(by: .seconds(662))
        #expect(try await obey("four") == 0)
        let left = try await house.house.database.read {
            try $0.query("SELECT COUNT(*) FROM oidc_logout").first?.integer(0)
        }
        #expect(left == 1)
    }

    @Test("groups that a token could not hold change no membership")
    func overage() async throws {
        let house = try await SignOnHouse {
            $0.groups = [GroupName("staff")].compactMap { $0 }.map { GroupMapping(theirs: "Staff", ours: $0) }
        }
        _ = try await house.addGroup("staff")
        let id = try #require(try await house.signIn(["groups": #"["Staff"]"#]).session).account
        let left: [String: String?] = [
            "_claim_names": #"{"groups":"src1"}"#,
            "_claim_sources": #"{"src1":{"endpoint":"https://graph.windows.net/x/getMemberObjects"}}"#,
        ]
        #expect(try await house.signIn(left).session?.account == id)
        #expect(try await house.groups.groups(of: id).map(\.name.text) == ["staff"])
        #expect(try await house.signIn().session?.account == id)
        #expect(try await house.groups.groups(of: id).isEmpty, "a token without groups and without overage names none")
    }

    @Test("no other name that a provider gives somebody opens or names an account")
    func otherNames() async throws {
        let house = try await SignOnHouse()
        let admin = try await house.house.addAccount("admin@example.com", aliases: ["root@example.com"])
        let names: [String: String?] = [
            "upn": #""admin@example.com""#, "preferred_username": #""admin@example.com""#,
            "unique_name": #""root@example.com""#, "name": #""admin@example.com""#,
        ]
        let session = try #require(try await house.signIn(names).session)
        #expect(session.account != admin.id)
        #expect(try await house.house.accounts.account(session.account)?.login.text == "alice@example.com")
        // The address of somebody's account opens it neither in other letters nor by an alias, not even disabled.
        for email in ["ADMIN@EXAMPLE.COM", "Root@example.com", "ａｄｍｉｎ@example.com"] {
            let refusal = try await house.signIn(["sub": #""mallory""#, "email": "\"\(email)\""]).refusal
            guard case .loginTaken? = refusal else {
                Issue.record("\(email): \(String(describing: refusal))")
                continue
            }
        }
        #expect(try await house.signOn.identities(of: admin.id).isEmpty)
    }
}
