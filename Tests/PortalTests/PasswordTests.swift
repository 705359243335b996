import Accounts
import HTTPTypes
import LatchkeyCore
import Testing

@testable import Portal

@Suite("Choosing a password")
struct PasswordTests {
    @Test("a password manager that looks for the page to change a password finds it")
    func wellKnown() async throws {
        let house = try await House()
        let stranger = Browser(house)
        let answer = try await stranger.get("/.well-known/change-password")
        #expect(answer.status == .seeOther)
        #expect(answer.location == "/password")
        // The specification's own probe for servers that answer everything with 200.
        let probe = try await stranger.get(
            "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200")
        #expect(probe.status == .notFound)
    }

    @Test("passwords are marked for password managers, and may be pasted")
    func autocomplete() async throws {
        let house = try await House()
        let alice = Browser(house)
        let signIn = try await alice.get("/sign-in")
        #expect(signIn.text.contains(#"name="login" type="text" value="" autocomplete="username"#))
        #expect(signIn.text.contains(#"name="password" type="password" value="" autocomplete="current-password""#))
        try await alice.setUp()
        let page = try await alice.get("/password")
        #expect(page.text.contains(#"name="username" value="alice@example.org" autocomplete="username""#))
        #expect(page.text.contains(#"type="password" value="" autocomplete="current-password""#))
        #expect(page.text.contains(#"type="password" value="" autocomplete="new-password""#))
        #expect(!page.text.contains("onpaste"))
    }

    @Test("how hard a password is to guess is told to who may choose one, as text, and to nobody else")
    func strength() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        let weak = try await alice.post("/password/strength", [("password", "starwars12")])
        #expect(weak.text.contains("easy to guess"))
        #expect(weak.headers[.contentType] == "text/plain; charset=utf-8")
        #expect(weak.headers[.cacheControl] == "no-store")
        let short = try await alice.post("/password/strength", [("password", "x7#kQ2p")])
        #expect(short.text.contains("at least 8"))
        let good = try await alice.post("/password/strength", [("password", "violet-harbour-spoon-quarry")])
        #expect(good.text == "A guesser who has stolen our database would need centuries.")
        #expect(try await alice.get("/password/strength?password=x").status == .methodNotAllowed)
        let stranger = try await Browser(house).post("/password/strength", [("password", "violet-harbour-spoon")])
        #expect(stranger.status == .seeOther)
        #expect(try await Browser(house).post("/setup/x/strength", [("password", "oboe")]).status == .notFound)
        let foreign: HTTPFields = [.origin: "https://evil.example"]
        #expect(try await alice.post("/password/strength", [("password", "x")], headers: foreign).status == .forbidden)
    }

    @Test("who has a setup link is told, with their own names counted as easy")
    func setup() async throws {
        let house = try await House()
        let token = try #require(
            try await house.setupLinks.issueFirstAdministrator(actor: .machineUser("test"))?.reveal())
        let browser = Browser(house)
        let page = try await browser.get("/setup/\(token)")
        #expect(page.text.contains(#"data-strength="/setup/\#(token)/strength""#))
        let names = [("login", "zbigniew@example.org"), ("name", "Zbigniew Wolski")]
        let own = try await browser.post("/setup/\(token)/strength", names + [("password", "zbigniewwolski")])
        #expect(own.text.contains("easy to guess"))
        let good = try await browser.post("/setup/\(token)/strength", names + [("password", "oboe lamp quarry 7")])
        #expect(good.text.hasPrefix("A guesser"))
        // It is still good.
        #expect(try await browser.get("/setup/\(token)").status == .ok)
    }

    @Test("a form that comes back says how hard its password is to guess, also without a script")
    func comesBack() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        let answer = try await alice.post(
            "/password", [("current-password", "not it at all"), ("password", "violet-harbour-spoon-quarry")])
        #expect(answer.status == .unprocessableContent)
        #expect(answer.element("password-strength") == "A guesser who has stolen our database would need centuries.")
        let weak = try await alice.post(
            "/password", [("current-password", House.password), ("password", "Password2026")])
        #expect(weak.text.contains("easy to guess"))
        #expect(weak.element("password-strength") == "")
        #expect(!weak.text.contains("Password2026"))
    }

    @Test(
        "a time is told in the largest unit that fits it",
        arguments: [
            0: "less than a minute", 60: "1 minute", 3_599: "59 minutes", 7_200: "2 hours", 2_500_000: "28 days",
            2_600_000: "1 month", 17_000_000: "6 months", 31_536_000: "1 year", 3_200_000_000: "centuries",
            Int.max: "centuries",
        ] as [Int: String])
    func words(seconds: Int, time: String) {
        let text = Texts.advice(.guessed(after: Double(seconds)))
        #expect(text.hasPrefix("A guesser who has stolen our database would need \(time)."))
        #expect(text.contains("One more word") == (seconds < 31_104_000))
    }
}
