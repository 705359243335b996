import Keyring
import LatchkeyCore
import LatchkeyTesting
import Storage
import TOTP
import Testing

@testable import Accounts

struct PasswordRuleTests {
    private let rule = PasswordRule(context: ["alice@example.com", "Alice Liddell"])

    private func problem(_ password: String) -> String? {
        do throws(InvalidInput) {
            try rule.check(Secret(password))
            return nil
        } catch {
            return error.text(for: "password")
        }
    }

    @Test(
        "what is hard to guess will do, whatever it is made of",
        arguments: [
            "violet-harbour-spoon", "x7#kQ2p!", "wergtzui", "correct horse spoon lamp", "dragonfly-pond-42",
            "пароход-сирень",
            "日本語の長い合言葉です", "        oboe lamp", "Liddell reads novels", "1984 was not a manual",
        ])
    func good(password: String) {
        #expect(problem(password) == nil)
    }

    @Test(
        "fewer than eight characters are too few, counted after composition",
        arguments: [
            "", "x7#kQ2p", "e\u{301}e\u{301}x7#kQ", "日本語の合言葉",
        ])
    func short(password: String) {
        #expect(problem(password)?.contains("at least 8") == true)
    }

    @Test(
        "what is common, a run, or about the person is easy to guess",
        arguments: [
            "password", "Password1", "P@ssw0rd!", "Passw0rd2026", "12345678", "87654321", "abcdefgh", "aaaaaaaa",
            "11111111",
            "qwertyuiop", "1q2w3e4r", "iloveyou", "letmein123", "Summer2026!", "welcome1", "latchkey1", "Latchkey2026",
            "alice123", "alice@example.com", "AliceLiddell", "l1ddell!!", "example2026", "passwordpassword",
            "monkeydragon",
            "123456789012", "trustno1", "adminadmin", "Hallo12345",
        ])
    func guessable(password: String) {
        #expect(problem(password)?.contains("easy to guess") == true)
    }

    @Test("1,024 octets are taken, one more is not")
    func long() {
        let words = String(repeating: "violet-harbour-spoon ", count: 60)
        #expect(problem(String(words.prefix(1_024))) == nil)
        #expect(problem(String(words.prefix(1_025)))?.contains("at most 1024") == true)
    }

    @Test("octets that are no text will not do")
    func octets() {
        #expect(throws: InvalidInput.self) { try rule.check(Secret([UInt8](repeating: 0xff, count: 12))) }
    }

    @Test("a problem names the field and never holds the password")
    func words() {
        #expect(problem("password")?.contains("password") == false)
        #expect(problem("alice123")?.contains("alice") == false)
    }
}

struct PasswordChangeTests {
    private static let new = Secret("meadow-lantern-oboe")

    @Test("a changed password is the only one, and every other session has ended")
    func changed() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let (other, waiting) = try #require(try await house.signIn().started)
        #expect(waiting.stage == .secondFactor)
        let outcome = try await house.credentials.changePassword(
            current: House.password, new: Self.new, in: alice.session, from: House.home)
        #expect(outcome == .changed)
        #expect(try await house.access.session(bearing: alice.token, from: House.home) != nil)
        #expect(try await house.access.session(bearing: other, from: House.home) == nil)
        #expect(try await house.signIn().word == "refused")
        #expect(try await house.signIn("alice", Self.new).word == "second-factor")
        #expect(try await house.events(of: alice.account.id).contains("portal.password-set"))
        #expect(try await house.credentials.ways(of: alice.account.id).passwordSet == house.clock.now)
    }

    @Test("a wrong current password changes nothing, and is a guess like any other")
    func wrong() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        for _ in 0..<5 {
            let outcome = try await house.credentials.changePassword(
                current: Secret("guess"), new: Self.new, in: alice.session, from: House.elsewhere)
            #expect(outcome == .wrong)
        }
        let throttled = try await house.credentials.changePassword(
            current: House.password, new: Self.new, in: alice.session, from: House.elsewhere)
        #expect(throttled == .throttled(until: house.clock.now + .seconds(2)))
        #expect(try await house.signIn(from: House.elsewhere).word == "throttled")
        house.clock.advance(by: .seconds(2))
        #expect(try await house.signIn().word == "second-factor")
    }

    @Test("a new password that will not do is refused before the current one is looked at")
    func rule() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        await #expect(throws: InvalidInput.self) {
            try await house.credentials.changePassword(
                current: Secret("guess"), new: Secret("liddell1"), in: alice.session, from: House.home)
        }
    }

    @Test("a password that an administrator sets takes the place of the old one and ends every session")
    func set() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        await #expect(throws: InvalidInput.self) {
            try await house.credentials.setPassword(
                Secret("liddell1"), for: alice.account, actor: .machineUser("root"))
        }
        try await house.credentials.setPassword(Self.new, for: alice.account, actor: .machineUser("root"))
        #expect(try await house.access.session(bearing: alice.token, from: House.home) == nil)
        #expect(try await house.signIn().word == "refused")
        // The second factor stands: a password that somebody else knows is not enough.
        #expect(try await house.signIn("alice", Self.new).word == "second-factor")
    }

    @Test("of two changes at the same time one wins, and its password is the one that holds")
    func race() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let new = (0..<2).map { Secret("meadow-lantern-oboe-\($0)") }
        let outcomes = try await withThrowingTaskGroup(of: (Int, PasswordChange).self) { group in
            for place in new.indices {
                group.addTask {
                    let outcome = try await house.credentials.changePassword(
                        current: House.password, new: new[place], in: alice.session, from: House.home)
                    return (place, outcome)
                }
            }
            return try await group.reduce(into: [Int: PasswordChange]()) { $0[$1.0] = $1.1 }
        }
        let winner = try #require(outcomes.first { $0.value == .changed }?.key)
        #expect(outcomes.values.count { $0 == .changed } == 1)
        #expect(try await house.signIn("alice", new[winner]).word == "second-factor")
    }
}
