import Accounts
import HTTPTypes
import LatchkeyCore
import LatchkeyTesting
import Storage
import Testing

@testable import Portal

@Suite("Signing in")
struct SignInTests {
    @Test("the first administrator sets up an account, an app and codes, and is then at home")
    func firstAdministrator() async throws {
        let house = try await House()
        let browser = Browser(house)
        try await browser.setUp()
        #expect(browser.recoveryCodes.count == 10)
        let home = try await browser.get("/")
        #expect(home.status == .ok)
        #expect(home.text.contains("No app passwords yet") && home.text.contains("10 left"))
        let alice = try #require(LoginName("alice@example.org"))
        let account = try await house.accounts.account(named: alice)
        #expect(account?.roles == [.admin])
    }

    @Test("a setup link that is gone says what to do")
    func goneLink() async throws {
        let answer = try await Browser(try await House()).get("/setup/nonsense")
        #expect(answer.status == .gone)
        #expect(answer.text.contains("Ask your administrator for a new one"))
    }

    @Test("a password that will not do comes back with its reason, the other fields kept, and the link still good")
    func weakPassword() async throws {
        let house = try await House()
        let token = try #require(try await house.setupLinks.issueFirstAdministrator(actor: .system)?.reveal())
        let browser = Browser(house)
        let answer = try await browser.post(
            "/setup/\(token)", [("login", "alice"), ("name", "Alice"), ("password", "short")])
        #expect(answer.status == .unprocessableContent)
        #expect(
            answer.text.contains("id=\"password-problem\"") && answer.text.contains("aria-invalid=\"true\" autofocus"))
        #expect(answer.text.contains("value=\"Alice\"") && !answer.text.contains("short"))
        #expect(try await browser.get("/setup/\(token)").status == .ok)
    }

    /// The page without what is drawn by lot for each: the passkey's challenge.
    private func unchallenged(_ answer: Browser.Answer) -> String {
        answer.text.split(separator: "\n").filter { !$0.contains("challenge") }.joined(separator: "\n")
    }

    @Test("a wrong name and a wrong password get the same answer")
    func constantRefusal() async throws {
        let house = try await House()
        try await Browser(house).setUp()
        let stranger = Browser(house)
        let wrongPassword = try await stranger.post(
            "/sign-in", [("login", "alice@example.org"), ("password", "wrong horse")])
        let wrongName = try await stranger.post(
            "/sign-in", [("login", "alicf@example.org"), ("password", "wrong horse")])
        #expect(wrongPassword.status == .unprocessableContent)
        #expect(unchallenged(wrongPassword) == unchallenged(wrongName).replacing("alicf", with: "alice"))
        #expect(wrongPassword.text.contains(Texts.signInRefused))
        #expect(!wrongPassword.text.contains("wrong horse"))
    }

    @Test("a password longer than any is only a wrong one")
    func longPassword() async throws {
        let house = try await House()
        let browser = Browser(house)
        try await browser.setUp()
        let long = String(repeating: "x", count: 3_000)
        let answer = try await Browser(house).post("/sign-in", [("login", "alice@example.org"), ("password", long)])
        #expect(answer.status == .unprocessableContent)
        let changed = try await browser.post(
            "/password", [("current-password", long), ("password", "some new words here")])
        #expect(changed.status == .unprocessableContent)
        let chosen = try await browser.post("/password", [("current-password", House.password), ("password", long)])
        #expect(chosen.status == .unprocessableContent && chosen.text.contains("id=\"password-problem\""))
    }

    @Test("the password is changed with the present one, and then the old one is worth nothing")
    func changePassword() async throws {
        let house = try await House()
        let browser = Browser(house)
        try await browser.setUp()
        let wrong = try await browser.post(
            "/password", [("current-password", "wrong"), ("password", "some new words here")])
        #expect(wrong.text.contains(Texts.currentPasswordWrong))
        let done = try await browser.post(
            "/password", [("current-password", House.password), ("password", "some new words here")])
        #expect(done.location == "/")
        #expect(try await browser.get("/").text.contains("Your password is changed."))
        let other = Browser(house)
        #expect(try await other.post("/sign-in", [("login", "alice"), ("password", House.password)]).location == nil)
        #expect(
            try await other.post("/sign-in", [("login", "alice"), ("password", "some new words here")]).location
                == "/sign-in/code")
    }

    @Test("new recovery codes replace the old ones, once for each form")
    func newRecoveryCodes() async throws {
        let house = try await House()
        let browser = Browser(house)
        try await browser.setUp()
        let form = [("form", try #require(try await browser.get("/recovery-codes").input("form")))]
        let first = try await browser.post("/recovery-codes", form)
        #expect(first.text.contains("id=\"recovery-codes\"") && !first.text.contains(browser.recoveryCodes[0]))
        #expect(try await browser.post("/recovery-codes", form).text.contains("id=\"recovery-codes\"") == false)
    }

    @Test("empty fields are named, the first of them holding the focus")
    func emptyFields() async throws {
        let answer = try await Browser(try await House()).post("/sign-in", [("login", " ")])
        #expect(answer.text.contains(Texts.loginMissing) && answer.text.contains(Texts.passwordMissing))
        #expect(answer.text.matches(of: #/autofocus/#).count == 1)
        #expect(answer.text.contains("aria-describedby=\"login-hint login-problem\""))
    }

    @Test("who is guessing is told until when")
    func throttled() async throws {
        let house = try await House()
        try await Browser(house).setUp()
        let stranger = Browser(house)
        var last = try await stranger.get("/sign-in")
        for number in 0..<30 where last.status != .tooManyRequests {
            last = try await stranger.post(
                "/sign-in", [("login", "alice@example.org"), ("password", "wrong \(number)")])
        }
        #expect(last.status == .tooManyRequests)
        #expect(last.text.contains("Too many wrong tries") && last.text.contains("UTC"))
    }

    @Test("a code, or a recovery code once, completes the sign-in and leads to where the person wanted to go")
    func secondFactor() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        let browser = Browser(house)
        let fields = [("login", "alice@example.org"), ("password", House.password), ("next", "/activity?problems=1")]
        let started = try await browser.post("/sign-in", fields)
        #expect(started.location == "/sign-in/code?next=/activity%3Fproblems%3D1")
        let page = try await browser.get("/sign-in/code?next=/activity%3Fproblems%3D1")
        #expect(page.input("next") == "/activity?problems=1")
        let wrong = try await browser.post("/sign-in/code", [("code", "000000"), ("next", "/activity")])
        #expect(wrong.status == .unprocessableContent && wrong.input("next") == "/activity")
        let done = try await browser.post("/sign-in/code", [("code", alice.code), ("next", "/activity?problems=1")])
        #expect(done.location == "/activity?problems=1")

        let recovery = try #require(alice.recoveryCodes.first)
        for expected in [true, false] {
            let other = Browser(house)
            _ = try await other.post("/sign-in", fields)
            let answer = try await other.post("/sign-in/recovery", [("recovery-code", recovery)])
            #expect((answer.location == "/") == expected)
            if !expected { #expect(answer.text.contains(Texts.recoveryCodeUsed)) }
        }
    }

    @Test("signing out ends the session, not only the cookie")
    func signOut() async throws {
        let house = try await House()
        let browser = Browser(house)
        try await browser.setUp()
        let kept = browser.cookies
        let answer = try await browser.post("/sign-out")
        #expect(answer.location == "/sign-in" && browser.cookies[SessionCookie.name] == nil)
        #expect(try await browser.get("/sign-in").text.contains("You are signed out."))
        browser.cookies = kept
        #expect(try await browser.get("/").location == "/sign-in?next=/")
    }

    @Test("a wrong code at the enrolment keeps the picture that was scanned")
    func enrolmentKeepsItsSecret() async throws {
        let house = try await House()
        let token = try #require(try await house.setupLinks.issueFirstAdministrator(actor: .system)?.reveal())
        let browser = Browser(house)
        _ = try await browser.post(
            "/setup/\(token)", [("login", "alice"), ("name", "Alice"), ("password", House.password)])
        let first = try await browser.get("/authenticator")
        let second = try await browser.post("/authenticator", [("code", "000000")])
        #expect(second.status == .unprocessableContent)
        #expect(first.element("totp-secret")?.isEmpty == false)
        #expect(second.element("totp-secret") == first.element("totp-secret"))
    }

    @Test("the list of sessions tells this one from others, and ends them")
    func sessions() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        let other = Browser(house)
        _ = try await other.post("/sign-in", [("login", "alice@example.org"), ("password", House.password)])
        _ = try await other.post("/sign-in/code", [("code", alice.code)])
        let list = try await alice.get("/sessions")
        #expect(list.text.contains("This one"))
        let end = try #require(list.text.firstMatch(of: #/action="(\/sessions\/[0-9a-f-]+\/end)"/#)?.output.1)
        let answer = try await alice.post(String(end))
        #expect(answer.location == "/sessions")
        #expect(try await other.get("/").status == .seeOther)
        #expect(try await alice.get("/sessions").text.contains("That browser is signed out."))
    }
}
