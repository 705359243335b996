import Accounts
import HTTPTypes
import Hummingbird
import LatchkeyCore
import LatchkeyTesting
import Storage
import Testing

@testable import Portal

@Suite("What guards the pages")
struct SecurityTests {
    private static let pages = [
        "/", "/activity", "/activity?problems=1", "/app-passwords/new", "/app-passwords/new?application=script",
        "/password", "/passkeys/new", "/security-keys/new",
        "/sessions", "/alerts", "/recovery-codes", "/authenticator", "/nothing-here", "/app-passwords/nonsense",
    ]

    @Test("every answer carries the policy and is not stored, signed in or not, found or not")
    func headers() async throws {
        let house = try await House()
        let stranger = Browser(house)
        let alice = Browser(house)
        try await alice.setUp()
        for path in Self.pages + ["/sign-in", "/setup/x", "/revoke/x"] {
            for browser in [stranger, alice] {
                let answer = try await browser.get(path)
                #expect(answer.headers[.contentSecurityPolicy] == SecurityHeaders.contentSecurityPolicy, "\(path)")
                #expect(answer.headers[.cacheControl] == "no-store", "\(path)")
                #expect(answer.headers.values(named: "X-Content-Type-Options") == ["nosniff"], "\(path)")
                #expect(answer.headers.values(named: "Referrer-Policy") == ["same-origin"], "\(path)")
                #expect(answer.headers.values(named: "Cross-Origin-Opener-Policy") == ["same-origin"], "\(path)")
                #expect(answer.headers.values(named: "Strict-Transport-Security") == ["max-age=31536000"], "\(path)")
            }
        }
    }

    @Test("assets are cached for long under a name that follows their content")
    func assets() async throws {
        let browser = Browser(try await House())
        for file in Assets().all {
            let answer = try await browser.get(file.url)
            #expect(answer.status == .ok)
            #expect(answer.headers[.cacheControl] == "public, max-age=31536000, immutable")
        }
        #expect(try await browser.get("/assets/portal.0000000000000000.css").status == .notFound)
    }

    @Test("a stranger is led to the sign-in and back to where they wanted to go", arguments: pages.dropLast(2))
    func strangers(path: String) async throws {
        let answer = try await Browser(try await House()).get(path)
        #expect(answer.status == .seeOther)
        let expected =
            path == "/authenticator" ? "/sign-in?next=/authenticator" : "/sign-in?next=\(PercentEncoding.encode(path))"
        #expect(answer.location == expected)
    }

    @Test("the session's cookie is bound to the host, hidden from scripts, and changes with every step")
    func cookie() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        let first = try #require(alice.cookies[SessionCookie.name])
        let other = Browser(house)
        let answer = try await other.post("/sign-in", [("login", "alice@example.org"), ("password", House.password)])
        let cookie = try #require(answer.headers[.setCookie])
        #expect(cookie.hasPrefix("__Host-latchkey=") && cookie.hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Lax"))
        let half = other.cookies[SessionCookie.name]
        _ = try await other.post("/sign-in/code", [("code", alice.code)])
        #expect(other.cookies[SessionCookie.name] != half)
        #expect(first != half && first.utf8.count >= 43)
        // The token of the half sign-in is dead.
        other.cookies[SessionCookie.name] = half
        #expect(try await other.get("/").status == .seeOther)
    }

    @Test("an unknown path is 404, a known one asked wrongly 405, and both are pages")
    func notFound() async throws {
        let browser = Browser(try await House())
        let missing = try await browser.get("/nothing-here")
        #expect(missing.status == .notFound && missing.text.contains("<h1>"))
        let wrong = try await browser.get("/sign-out")
        #expect(wrong.status == .methodNotAllowed && wrong.headers[.allow] == "POST" && wrong.text.contains("<h1>"))
        let put = try await browser.ask(.put, "/", [.origin: House.origin], body: nil)
        #expect(put.status == .methodNotAllowed && put.headers[.allow] == "GET, HEAD")
    }

    @Test("a form larger than 64 KiB is refused, and so is what is no form")
    func bodies() async throws {
        let browser = Browser(try await House())
        let large = try await browser.post("/sign-in", [("login", String(repeating: "x", count: 70_000))])
        #expect(large.status == .contentTooLarge)
        let json = try await browser.ask(
            .post, "/sign-in", [.origin: House.origin, .contentType: "application/json"], body: "{}")
        #expect(json.status == .unsupportedMediaType)
    }

    @Test(
        "the way back leads nowhere else",
        arguments: ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"])
    func openRedirect(next: String) async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        house.clock.advance(by: .seconds(600))
        let confirmed = try await alice.post("/confirm", [("code", alice.code), ("next", next)])
        #expect(confirmed.location == "/")
    }

    @Test("another person's app password is not found, whatever is asked of it")
    func strangersAppPassword() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        var rng = SystemRandomNumberGenerator()
        let bob = Account(
            id: AccountID(at: house.clock.now, using: &rng), login: try #require(LoginName("bob@example.org")),
            created: house.clock.now)
        try await house.accounts.insert(
            bob,
            event: AuditEvent(time: house.clock.now, action: .accountCreated, actor: .system, account: bob.id))
        let issued = try await house.issuer.create(
            .init(name: "Bob's", application: "script", services: ["smtp"]), for: bob.id, actor: .system,
            at: house.clock.now, using: &rng)
        let path = "/app-passwords/\(issued.appPassword.id)"
        for part in ["", "/live", "/check", "/rotate", "/revoke"] {
            #expect(try await alice.get(path + part).status == .notFound, "\(part)")
        }
        #expect(try await alice.post(path + "/revoke").status == .notFound)
        #expect(try await alice.post(path + "/rotate").status == .notFound)
    }
}
