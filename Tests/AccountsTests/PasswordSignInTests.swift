import LatchkeyCore
import LatchkeyTesting
import Storage
import TOTP
import Testing

@testable import Accounts
@testable import Keyring

struct PasswordSignInTests {
    @Test("a password alone gives a session that can do nothing but take a code")
    func passwordAlone() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let (token, session) = try #require(try await house.signIn().started)
        #expect(session.stage == .secondFactor)
        #expect(session.strongAt == nil)
        #expect(try await house.access.session(bearing: token, from: House.home)?.stage == .secondFactor)
        await #expect(throws: StepUpRequired.self) { try await house.credentials.beginTOTP(in: session) }
        await #expect(throws: StepUpRequired.self) {
            try await house.credentials.confirmTOTP(
                code: alice.totp.code(at: house.clock.now.seconds), in: session, from: House.home)
        }
        await #expect(throws: StepUpRequired.self) {
            try await house.credentials.issueRecoveryCodes(in: session, from: House.home)
        }
        await #expect(throws: StepUpRequired.self) {
            try await house.credentials.changePassword(
                current: House.password, new: Secret("meadow-lantern-oboe"), in: session, from: House.home)
        }
        await #expect(throws: StepUpRequired.self) {
            try await house.access.endOthers(than: session, from: House.home)
        }
    }

    @Test("an account without a second factor gets a session that has to enrol one")
    func enrolment() async throws {
        let house = try await House()
        let account = try await house.addAccount()
        let link = try await house.links.issue(for: account.id, actor: .system)
        _ = try await house.links.accept(token: link, password: House.password, from: House.home)
        #expect(try await house.signIn().word == "enrolment")
    }

    @Test(
        "the login name may come without its domain, in capitals, or be an alias",
        arguments: ["alice", "ALICE@Example.com", "al"])
    func names(login: String) async throws {
        let house = try await House()
        _ = try await house.addPerson(aliases: ["al@example.com"])
        #expect(try await house.signIn(login).word == "second-factor")
    }

    @Test("a wrong password, an unknown name, one that is no name, and a disabled account get the same answer")
    func refusals() async throws {
        let house = try await House()
        var alice = try await house.addPerson().account
        let noPassword = try await house.addAccount("bob@example.com")
        #expect(try await house.signIn("alice", Secret("wrong")).word == "refused")
        #expect(try await house.signIn("nobody").word == "refused")
        #expect(try await house.signIn("no such name").word == "refused")
        #expect(try await house.signIn("bob", Secret("")).word == "refused")
        alice.disabled = house.clock.now
        try await house.accounts.update(
            alice, event: AuditEvent(time: house.clock.now, action: .accountDisabled, actor: .system, account: alice.id)
        )
        #expect(try await house.signIn().word == "refused")
        #expect(
            try await house.events(of: alice.id).suffix(3)
                == ["portal.sign-in-failed (unknown)", "account.disabled", "portal.sign-in-failed (account-disabled)"])
        #expect(try await house.events(of: noPassword.id).last == "portal.sign-in-failed (unknown)")
        #expect(try await house.events(of: nil) == Array(repeating: "portal.sign-in-failed (unknown)", count: 2))
    }

    @Test("of a name that nobody has, only one of our own domain is written down")
    func unknownNames() async throws {
        let house = try await House()
        _ = try await house.signIn("hunter2-my-password")
        _ = try await house.signIn("mallory@example.com")
        let details = try await house.audit.entries(matching: AuditFilter(), limit: 10).map(\.event.detail)
        #expect(details == ["mallory@example.com", nil])
    }

    @Test("an unknown name costs the same slow hash as a known one")
    func sameWork() async throws {
        let house = try await House()
        _ = try await house.addPerson()
        // A hasher whose threads have ended fails whatever is asked of it: both names must have asked.
        let access = house.access(hasher: PasswordHasher.stopped())
        for login in ["alice", "nobody"] {
            await #expect(throws: CancellationError.self) {
                try await access.signIn(login: login, password: House.password, from: House.home)
            }
        }
    }

    @Test("a password hashed at another cost is hashed anew when it is used")
    func rehash() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        let today = PasswordHash.Cost(memory: 128, passes: 1, lanes: 1)
        let access = house.access(hasher: PasswordHasher(cost: today, threads: 1))
        let before = try #require(try await house.passwords.password(of: alice.account.id))
        #expect(before.hash.cost != today)
        #expect(
            try await access.signIn(login: "alice", password: House.password, from: House.home).word == "second-factor")
        let after = try #require(try await house.passwords.password(of: alice.account.id))
        #expect(after.hash.cost == today)
        #expect(after.set == before.set)
        #expect(
            try await access.signIn(login: "alice", password: House.password, from: House.home).word == "second-factor")
    }
}

struct PasswordThrottleTests {
    private func guess(_ house: House, _ login: String, _ count: Int, from origin: Origin) async throws -> [String] {
        var words: [String] = []
        for number in 0..<count {
            words.append(try await house.signIn(login, Secret("guess \(number)"), from: origin).word)
        }
        return words
    }

    @Test(
        "after five wrong passwords even the right one has to wait, for a name that nobody has too",
        arguments: ["alice", "nobody"])
    func wait(login: String) async throws {
        let house = try await House()
        _ = try await house.addPerson()
        let words = try await guess(house, login, 7, from: House.elsewhere)
        #expect(words == Array(repeating: "refused", count: 5) + ["throttled", "throttled"])
        guard case .throttled(let until) = try await house.signIn(login, from: House.elsewhere) else {
            Issue.record("not throttled")
            return
        }
        #expect(until == house.clock.now + .seconds(2))
        house.clock.advance(by: .seconds(2))
        let word = try await house.signIn(login, from: House.elsewhere).word
        #expect(word == (login == "alice" ? "second-factor" : "refused"))
    }

    @Test("the log has one line for a wait, however many are turned away")
    func oneLine() async throws {
        let house = try await House()
        let alice = try await house.addPerson()
        _ = try await guess(house, "alice", 12, from: House.elsewhere)
        let throttled = try await house.events(of: alice.account.id).filter { $0.contains("throttled") }
        #expect(throttled.count == 1)
    }

    @Test("strangers who guess do not keep the owner out of where they signed in before")
    func familiar() async throws {
        let house = try await House()
        _ = try await house.addPerson()
        #expect(try await house.signIn(from: House.home).word == "second-factor")
        #expect(try await guess(house, "alice", 6, from: House.elsewhere).last == "throttled")
        #expect(try await house.signIn(from: House.home).word == "second-factor")
        #expect(try await house.signIn(from: House.elsewhere).word == "throttled")
    }

    @Test("an alias gives no further guesses")
    func alias() async throws {
        let house = try await House()
        _ = try await house.addPerson(aliases: ["al@example.com"])
        _ = try await guess(house, "alice", 5, from: House.elsewhere)
        #expect(try await house.signIn("al", from: House.elsewhere).word == "throttled")
    }

    @Test("of many guesses at once no more are judged than one after the other")
    func atOnce() async throws {
        let house = try await House()
        _ = try await house.addPerson()
        let words = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<40 {
                group.addTask {
                    try await house.signIn("alice", Secret("guess \(number)"), from: House.elsewhere).word
                }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(words.count { $0 == "refused" } == 5)
        #expect(words.count { $0 == "throttled" } == 35)
    }
}

extension PasswordHasher {
    /// One whose threads have ended.
    fileprivate static func stopped() -> PasswordHasher {
        let hasher = PasswordHasher(cost: PasswordHash.Cost(memory: 64, passes: 1, lanes: 1), threads: 1)
        hasher.stop()
        return hasher
    }
}
