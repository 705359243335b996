import Keyring
import LatchkeyCore
import LatchkeyTesting
import Storage
import TOTP
import Testing

@testable import Accounts

extension House {
    func disable(_ person: inout Person) async throws {
        var account = person.account
        account.disabled = clock.now
        try await update(account, .accountDisabled)
    }

    func update(_ account: Account, _ action: AuditEvent.Action) async throws {
        try await accounts.update(
            account, event: AuditEvent(time: clock.now, action: action, actor: .system, account: account.id))
    }
}

private struct Refused: Error {}

struct SessionTests {
    @Test("a session ends after an hour without requests")
    func idle() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        for _ in 0..<5 {
            house.clock.advance(by: .seconds(3_500))
            #expect(try await house.access.session(bearing: alice.token, from: House.home) != nil)
        }
        house.clock.advance(by: .seconds(3_601))
        #expect(try await house.access.session(bearing: alice.token, from: House.home) == nil)
    }

    @Test("a session ends after a day, however busy it is")
    func absolute() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let end = alice.session.created + .days(1)
        while house.clock.now + .seconds(1_800) < end {
            house.clock.advance(by: .seconds(1_800))
            #expect(try await house.access.session(bearing: alice.token, from: House.home) != nil)
        }
        house.clock.advance(by: end - house.clock.now + .seconds(1))
        #expect(try await house.access.session(bearing: alice.token, from: House.home) == nil)
    }

    @Test("a sign-in that waits for its code waits ten minutes")
    func waiting() async throws {
        let house = try await House()
        _ = try await house.addPerson()
        let token = try #require(try await house.signIn().started).token
        house.clock.advance(by: .seconds(600))
        #expect(try await house.access.session(bearing: token, from: House.home) != nil)
        house.clock.advance(by: .seconds(1))
        #expect(try await house.access.session(bearing: token, from: House.home) == nil)
    }

    @Test("where and when it was last seen is noted once a minute")
    func touch() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let begun = house.clock.now + .seconds(-30)
        house.clock.advance(by: .seconds(29))
        _ = try await house.access.session(bearing: alice.token, from: House.elsewhere)
        #expect(try await house.access.sessions(of: alice.account.id).map(\.lastSeen) == [begun])
        house.clock.advance(by: .seconds(1))
        _ = try await house.access.session(bearing: alice.token, from: House.elsewhere)
        let seen = try #require(try await house.access.sessions(of: alice.account.id).first)
        #expect(seen.lastSeen == begun + .seconds(60))
        #expect(seen.address == House.elsewhere.address)
        #expect(seen.agent == "curl")
    }

    @Test("a session ends when its account is disabled, and does not come back when it is enabled")
    func disabled() async throws {
        let house = try await House()
        var alice = try await house.addPerson()
        try await house.disable(&alice)
        #expect(try await house.access.session(bearing: alice.token, from: House.home) == nil)
        try await house.update(alice.account, .accountEnabled)
        #expect(try await house.access.session(bearing: alice.token, from: House.home) == nil)
        #expect(try await house.signIn().word == "second-factor")
    }

    @Test("a session that is not ended yet is still refused while its account is disabled")
    func disabledMeanwhile() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        _ = try await house.database.transaction { connection in
            try connection.execute("UPDATE account SET disabled = 1", [])
        }
        #expect(try await house.access.session(bearing: alice.token, from: House.home) == nil)
    }

    @Test("signing out ends the session")
    func signOut() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        try await house.access.signOut(alice.session, from: House.home)
        #expect(try await house.access.session(bearing: alice.token, from: House.home) == nil)
        #expect(try await house.events(of: alice.account.id).last == "portal.sign-out")
    }

    @Test("sessions are listed, and ended one by one, all others, or all, by their own account only")
    func end() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let bob = try await house.addPerson("bob@example.com")
        func another() async throws -> Session {
            house.clock.advance(by: .seconds(30))
            guard case .confirmed(_, let session) = try await house.confirm(house.code(alice), in: house.waiting())
            else {
                throw Refused()
            }
            return session
        }
        let second = try await another()
        let third = try await another()
        _ = try await house.waiting()
        let listed = try await house.access.sessions(of: alice.account.id).map(\.id)
        #expect(listed == [third.id, second.id, alice.session.id])

        #expect(try await house.access.end(second.id, in: bob.session, from: House.home) == false)
        #expect(try await house.access.end(second.id, in: alice.session, from: House.home))
        #expect(try await house.access.end(second.id, in: alice.session, from: House.home) == false)
        #expect(try await house.access.endOthers(than: alice.session, from: House.home) == 2)
        #expect(try await house.access.sessions(of: alice.account.id).map(\.id) == [alice.session.id])
        #expect(try await house.access.endAll(of: alice.account.id, actor: .system, from: House.home) == 1)
        #expect(try await house.access.endAll(of: alice.account.id, actor: .system, from: House.home) == 0)
        #expect(try await house.access.sessions(of: bob.account.id).count == 1)
        #expect(try await house.events(of: alice.account.id).count { $0 == "portal.sessions-ended" } == 3)
    }

    @Test("who has only the password can neither fill the table nor push out a signed-in session")
    func bounded() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        for _ in 0..<25 { _ = try await house.waiting() }
        #expect(try await house.sessions.sessions(of: alice.account.id).count == 11)
        #expect(try await house.access.session(bearing: alice.token, from: House.home) != nil)
    }

    @Test("the database holds no token, and a token that nobody has opens nothing")
    func tokens() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let rows = try await house.database.read { try $0.query("SELECT token_hash FROM session", []) }
        #expect(rows.count == 1)
        let hash = BearerToken.hash(alice.token)
        #expect(hash.count == 32)
        #expect(try await house.sessions.session(tokenHash: hash)?.id == alice.session.id)
        for token in ["", "x", String(repeating: "A", count: 43), String(repeating: "A", count: 5_000)] {
            #expect(try await house.access.session(bearing: Secret(token), from: House.home) == nil)
        }
    }

    @Test("sessions that ended by time are removed when another begins")
    func purge() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        house.clock.advance(by: SessionTimes.longestLifetime + .seconds(1))
        let session = try await house.waiting()
        #expect(try await house.sessions.sessions(of: alice.account.id).map(\.id) == [session.id])
    }
}

struct SessionTimesTests {
    @Test("sessions last as long as the operator says, busy or not")
    func times() throws {
        var session = Session(
            id: .nobody, account: .nobody, stage: .signedIn, created: Timestamp(seconds: 0),
            lastSeen: Timestamp(seconds: 0), strongAt: Timestamp(seconds: 0))
        session.times = SessionTimes(freshness: .seconds(60), longestIdle: .seconds(300), lifetime: .seconds(600))
        #expect(session.isFresh(at: Timestamp(seconds: 60)) && !session.isFresh(at: Timestamp(seconds: 61)))
        #expect(session.isAlive(at: Timestamp(seconds: 300)) && !session.isAlive(at: Timestamp(seconds: 301)))
        session.lastSeen = Timestamp(seconds: 590)
        #expect(session.isAlive(at: Timestamp(seconds: 600)) && !session.isAlive(at: Timestamp(seconds: 601)))
    }
}
