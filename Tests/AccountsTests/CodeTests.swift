import Foundation
import Keyring
import LatchkeyCore
import LatchkeyTesting
import Storage
import TOTP
import Testing

@testable import Accounts

extension House {
    /// A session that waits for its code.
    func waiting(from origin: Origin = home) async throws -> Session {
        try #require(try await signIn(from: origin).started).session
    }

    func confirm(_ code: String, in session: Session, from origin: Origin = home) async throws -> CodeOutcome {
        try await access.confirm(code: code, in: session, from: origin)
    }

    func code(_ person: Person) -> String { person.totp.code(at: clock.now.seconds) }

    /// Six digits that no step of the window has.
    func wrongCode(_ person: Person) -> String {
        let window = [-30, 0, 30].map { person.totp.code(at: clock.now.seconds + $0) }
        return ["000000", "000001", "000002", "000003"].first { !window.contains($0) } ?? ""
    }
}

struct OneTimeCodeTests {
    @Test("the right code signs in under a new token, and the old token is dead")
    func signsIn() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let (old, session) = try #require(try await house.signIn().started)
        let (token, signedIn) = try #require(try await house.confirm(house.code(alice), in: session).confirmed)
        #expect(signedIn.stage == .signedIn)
        #expect(signedIn.id == session.id)
        #expect(signedIn.isFresh(at: house.clock.now))
        #expect(try await house.access.session(bearing: token, from: House.home) == signedIn)
        #expect(try await house.access.session(bearing: old, from: House.home) == nil)
        #expect(try await house.events(of: alice.account.id).suffix(2) == ["portal.sign-in", "portal.sign-in"])
    }

    @Test("in a signed-in session a code is a step-up, under a new token again")
    func stepUp() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        house.clock.advance(by: .seconds(600))
        let stale = try #require(try await house.access.session(bearing: alice.token, from: House.home))
        #expect(!stale.isFresh(at: house.clock.now))
        await #expect(throws: StepUpRequired.self) {
            try await house.credentials.issueRecoveryCodes(in: stale, from: House.home)
        }
        let (token, fresh) = try #require(try await house.confirm(house.code(alice), in: stale).confirmed)
        #expect(fresh.isFresh(at: house.clock.now))
        #expect(token != alice.token)
        #expect(try await house.access.session(bearing: alice.token, from: House.home) == nil)
        #expect(try await house.events(of: alice.account.id).last == "portal.step-up")
    }

    @Test("a code works once: not in another session, and not when it enrolled the app")
    func replay() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let code = house.code(alice)
        #expect(try await house.confirm(code, in: house.waiting()).word == "confirmed")
        let second = try await house.waiting()
        #expect(try await house.confirm(code, in: second).word == "already used")
        #expect(try await house.events(of: alice.account.id).last == "portal.sign-in-failed (policy)")
        let enrolling = alice.totp.code(at: house.clock.now.seconds - 30)
        #expect(try await house.confirm(enrolling, in: second).word == "already used")
        house.clock.advance(by: .seconds(30))
        #expect(try await house.confirm(house.code(alice), in: second).word == "confirmed")
    }

    @Test("of two uses of one code at the same time exactly one wins")
    func race() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        for _ in 0..<5 {
            house.clock.advance(by: .seconds(30))
            let code = house.code(alice)
            let sessions = [try await house.waiting(), try await house.waiting(), try await house.waiting()]
            let words = try await withThrowingTaskGroup(of: String.self) { group in
                for session in sessions {
                    group.addTask { try await house.confirm(code, in: session).word }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(words.sorted() == ["already used", "already used", "confirmed"])
        }
    }

    @Test("of a hundred uses of one code at once, one succeeds")
    func crowd() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let code = house.code(alice)
        let session = try await house.waiting()
        let words = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await house.confirm(code, in: session).word } }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(words.count { $0 == "confirmed" } == 1)
    }

    @Test("of a hundred guesses at once no more are judged than of a hundred one after the other")
    func guesses() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let right = house.code(alice)
        let session = try await house.waiting()
        let guesses = (0..<101).map { String(format: "%06d", $0) }.filter { $0 != right }.prefix(100)
        let words = try await withThrowingTaskGroup(of: String.self) { group in
            for guess in guesses { group.addTask { try await house.confirm(guess, in: session).word } }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(words.count { $0 == "wrong" } <= 5 && words.count { $0 == "throttled" } >= 95)
    }

    @Test("five wrong codes cost five minutes, one more costs ten, and the password's guesses are not touched")
    func throttle() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let session = try await house.waiting(from: House.elsewhere)
        for _ in 0..<5 {
            #expect(try await house.confirm(house.wrongCode(alice), in: session, from: House.elsewhere).word == "wrong")
        }
        let blocked = try await house.confirm(house.code(alice), in: session, from: House.elsewhere)
        guard case .throttled(let until) = blocked else {
            Issue.record("not throttled")
            return
        }
        #expect(until == house.clock.now + .seconds(300))
        #expect(try await house.signIn(from: House.elsewhere).word == "second-factor")

        house.clock.advance(by: .seconds(300))
        #expect(try await house.confirm(house.wrongCode(alice), in: session, from: House.elsewhere).word == "wrong")
        house.clock.advance(by: .seconds(599))
        let later = try await house.waiting(from: House.elsewhere)
        #expect(try await house.confirm(house.code(alice), in: later, from: House.elsewhere).word == "throttled")
        house.clock.advance(by: .seconds(1))
        #expect(try await house.confirm(house.code(alice), in: later, from: House.elsewhere).word == "confirmed")
    }

    @Test("what is not six digits is wrong, and no guess")
    func malformed() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let session = try await house.waiting()
        for _ in 0..<10 { #expect(try await house.confirm("12345", in: session).word == "wrong") }
        #expect(try await house.confirm(house.code(alice), in: session).word == "confirmed")
    }

    @Test("a code takes no session forward that has ended, or whose account is disabled")
    func ended() async throws {
        let house = try await House()
        var alice = try await house.addPerson()
        let session = try await house.waiting()
        try await house.access.signOut(session, from: House.home)
        #expect(try await house.confirm(house.code(alice), in: session).word == "ended")
        // It was not used up by that.
        #expect(try await house.confirm(house.code(alice), in: house.waiting()).word == "confirmed")

        house.clock.advance(by: .seconds(30))
        let other = try await house.waiting()
        try await house.disable(&alice)
        #expect(try await house.confirm(house.code(alice), in: other).word == "ended")
    }
}

struct EnrolmentTests {
    @Test("an app that is enrolled in the place of another takes over with its first code, not before")
    func replacement() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let next = try await house.begin(in: alice.session)
        #expect(try await house.confirm(house.code(alice), in: house.waiting()).word == "confirmed")
        let outcome = try await house.credentials.confirmTOTP(
            code: next.code(at: house.clock.now.seconds), in: alice.session, from: House.home)
        #expect(outcome.word == "confirmed")
        house.clock.advance(by: .seconds(60))
        let session = try await house.waiting()
        #expect(try await house.confirm(house.code(alice), in: session).word == "wrong")
        #expect(try await house.confirm(next.code(at: house.clock.now.seconds), in: session).word == "confirmed")
    }

    @Test("an app has the name that its owner gives it, until another takes its place")
    func name() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        #expect(try await house.credentials.renameTOTP(to: "Blue phone\u{7}", in: alice.session, from: House.home))
        #expect(try await house.credentials.ways(of: alice.account.id).totpName == "Blue phone")
        #expect(try await house.events(of: alice.account.id).last == "portal.totp-renamed")
        for bad in ["", "  ", String(repeating: "x", count: 61)] {
            await #expect(throws: InvalidInput.self) {
                try await house.credentials.renameTOTP(to: bad, in: alice.session, from: House.home)
            }
        }
        let next = try await house.begin(in: alice.session)
        _ = try await house.credentials.confirmTOTP(
            code: next.code(at: house.clock.now.seconds), in: alice.session, from: House.home)
        #expect(try await house.credentials.ways(of: alice.account.id).totpName == nil)
        try await house.database.transaction { connection in
            _ = try connection.execute("DELETE FROM totp", [])
        }
        #expect(!(try await house.credentials.renameTOTP(to: "Gone", in: alice.session, from: House.home)))
        await #expect(throws: StepUpRequired.self) {
            try await house.credentials.renameTOTP(to: "Thief", in: house.waiting(), from: House.home)
        }
    }

    @Test("a wrong first code leaves the enrolment pending")
    func wrongFirstCode() async throws {
        let house = try await House()
        let account = try await house.addAccount()
        let link = try await house.links.issue(for: account.id, actor: .system)
        let session = try #require(
            try await house.links.accept(token: link, password: House.password, from: House.home)
        ).session
        #expect(try await house.credentials.confirmTOTP(code: "123456", in: session, from: House.home).word == "wrong")
        let totp = try await house.begin(in: session)
        let stale = totp.code(at: house.clock.now.seconds + 600)
        #expect(try await house.credentials.confirmTOTP(code: stale, in: session, from: House.home).word == "wrong")
        #expect(try await house.credentials.ways(of: account.id).totpEnrolled == nil)
        let code = totp.code(at: house.clock.now.seconds)
        #expect(try await house.credentials.confirmTOTP(code: code, in: session, from: House.home).word == "confirmed")
        let ways = try await house.credentials.ways(of: account.id)
        #expect(ways.totpEnrolled == house.clock.now)
        #expect(ways.needsRecoveryCodes)
        #expect(try await house.events(of: account.id).suffix(2) == ["portal.totp-enrolled", "portal.sign-in"])
    }

    @Test("who had only the password cannot undo an enrolment that somebody else made meanwhile")
    func overtaken() async throws {
        let house = try await House()
        let account = try await house.addAccount()
        let link = try await house.links.issue(for: account.id, actor: .system)
        let owner = try #require(
            try await house.links.accept(token: link, password: House.password, from: House.home)
        ).session
        let (token, thief) = try #require(try await house.signIn(from: House.elsewhere).started)
        #expect(thief.stage == .enrolment)
        let totp = try await house.begin(in: owner)
        let confirmed = try await house.credentials.confirmTOTP(
            code: totp.code(at: house.clock.now.seconds), in: owner, from: House.home)
        #expect(confirmed.word == "confirmed")
        #expect(try await house.access.session(bearing: token, from: House.elsewhere) == nil)
        await #expect(throws: StepUpRequired.self) { try await house.credentials.beginTOTP(in: thief) }
        // Nor by asking the store directly, past that question.
        let proof = FactorProof.enrolment(
            sealed: try #require(try await house.factors.factors(of: account.id).totp).sealed, step: 9,
            at: house.clock.now)
        #expect(try await house.sessions.advance(thief, tokenHash: [1], by: proof, events: []) == .ended)
    }

    @Test("a pending secret is shown again in its own session, and to nobody who has only the password")
    func shownAgain() async throws {
        let house = try await House()
        let account = try await house.addAccount()
        let link = try await house.links.issue(for: account.id, actor: .system)
        let owner = try #require(
            try await house.links.accept(token: link, password: House.password, from: House.home)
        ).session
        let thief = try #require(try await house.signIn(from: House.elsewhere).started).session
        let shown = try await house.credentials.pendingTOTP(in: owner)
        #expect(try await house.credentials.pendingTOTP(in: owner).secret == shown.secret)
        #expect(try await house.credentials.pendingTOTP(in: thief).secret != shown.secret)
        // The thief's is pending now: the owner's code confirms nothing.
        let code = try House.totp(shown).code(at: house.clock.now.seconds)
        #expect(try await house.credentials.confirmTOTP(code: code, in: owner, from: House.home).word == "wrong")
        #expect(try await house.credentials.confirmTOTP(code: code, in: thief, from: House.elsewhere).word == "wrong")
    }

    @Test("of two enrolments that are confirmed at the same time exactly one wins")
    func race() async throws {
        let house = try await House()
        let account = try await house.addAccount()
        let link = try await house.links.issue(for: account.id, actor: .system)
        let first = try #require(
            try await house.links.accept(token: link, password: House.password, from: House.home)
        ).session
        let totp = try await house.begin(in: first)
        let code = totp.code(at: house.clock.now.seconds)
        let words = await withTaskGroup(of: String.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do {
                        return try await house.credentials.confirmTOTP(code: code, in: first, from: House.home).word
                    } catch {
                        return "\(type(of: error))"
                    }
                }
            }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(words.count { $0 == "confirmed" } == 1)
        #expect(Set(words).isSubset(of: ["confirmed", "ended", "wrong", "StepUpRequired"]))
    }

    @Test("the secret lies sealed in the database, and is shown as Base32 and in a URI")
    func sealed() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let enrolment = try await house.credentials.beginTOTP(in: alice.session)
        let secret = try #require(enrolment.secret.reveal())
        #expect(secret.utf8.count == 32)
        #expect(
            enrolment.uri.reveal() == "otpauth://totp/Latchkey:alice%40example.com?secret=\(secret)&issuer=Latchkey")
        let pending = try #require(try await house.factors.factors(of: alice.account.id).pending)
        // Key id, nonce, secret and tag.
        #expect(pending.sealed.count == 52)
        let other = try await house.addAccount("bob@example.com")
        #expect(throws: (any Error).self) {
            try SealedTOTP.open(pending.sealed, of: other.id, with: house.keyring)
        }
        #expect(try SealedTOTP.open(pending.sealed, of: alice.account.id, with: house.keyring).count == 20)
    }
}

struct RecoveryCodeTests {
    private func codes(_ house: House, _ person: Person) async throws -> [String] {
        try await house.credentials.issueRecoveryCodes(in: person.session, from: House.home)
            .map { try #require($0.reveal()) }
    }

    private func redeem(_ code: String, _ house: House, in session: Session) async throws -> String {
        try await house.access.redeem(recoveryCode: code, in: session, from: House.home).word
    }

    @Test("ten codes of three groups of four letters, all different")
    func shape() async throws {
        let house = try await House()
        let codes = try await codes(house, house.addPerson())
        #expect(codes.count == 10)
        #expect(Set(codes).count == 10)
        for code in codes { #expect(code.wholeMatch(of: /[a-hj-km-z]{4}(-[a-hj-km-z]{4}){2}/) != nil) }
    }

    @Test("a code signs in once, however it is typed")
    func once() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let codes = try await codes(house, alice)
        let typed = " " + codes[0].uppercased().replacing("-", with: " – ")
        #expect(try await redeem(typed, house, in: house.waiting()) == "confirmed")
        #expect(
            try await house.events(of: alice.account.id).suffix(2) == ["portal.recovery-code-used", "portal.sign-in"])
        #expect(try await redeem(codes[0], house, in: house.waiting()) == "already used")
        #expect(try await redeem(codes[1], house, in: house.waiting()) == "confirmed")
        #expect(try await house.credentials.ways(of: alice.account.id).recoveryCodesLeft == 8)
    }

    @Test("of two uses of one code at the same time exactly one wins")
    func race() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        for code in try await codes(house, alice).prefix(5) {
            let sessions = [try await house.waiting(), try await house.waiting()]
            let words = try await withThrowingTaskGroup(of: String.self) { group in
                for session in sessions {
                    group.addTask {
                        try await house.access.redeem(recoveryCode: code, in: session, from: House.home).word
                    }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(words.sorted() == ["already used", "confirmed"])
        }
    }

    @Test("new codes are the end of the old ones")
    func replaced() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let old = try await codes(house, alice)
        let new = try await codes(house, alice)
        #expect(try await redeem(old[0], house, in: house.waiting()) == "wrong")
        #expect(try await redeem(new[0], house, in: house.waiting()) == "confirmed")
    }

    @Test("a code is worth nothing to another account")
    func foreign() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        _ = try await house.addPerson("bob@example.com")
        let codes = try await codes(house, alice)
        let bob = try #require(try await house.signIn("bob").started).session
        #expect(try await redeem(codes[0], house, in: bob) == "wrong")
        #expect(try await house.credentials.ways(of: alice.account.id).recoveryCodesLeft == 10)
    }

    @Test("the last codes warn")
    func warn() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        for (place, code) in try await codes(house, alice).prefix(7).enumerated() {
            #expect(try await house.credentials.ways(of: alice.account.id).needsRecoveryCodes == false, "\(place)")
            #expect(try await redeem(code, house, in: house.waiting()) == "confirmed")
        }
        #expect(try await house.credentials.ways(of: alice.account.id).needsRecoveryCodes)
    }

    @Test(
        "what no code looks like is wrong",
        arguments: ["", "kdwq-mhrt", "kdwq-mhrt-vbnx-a", "kdwq-mhrt-vbn1", "kdwq-mhrt-vbni", "kdwq-mhrt-vbñx"])
    func malformed(text: String) {
        #expect(RecoveryCode(text) == nil)
    }

    @Test("every code is read back from what is shown")
    func roundTrip() throws {
        var rng = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let shown = RecoveryCode.generate(using: &rng).display
            #expect(RecoveryCode(try #require(shown.reveal()))?.display == shown)
        }
    }
}
