import Accounts
import HTTPTypes
import Hummingbird
import LatchkeyCore
import LatchkeyTesting
import Storage
import Testing

@testable import Portal

/// Who may use which route. The router's own list is held against it, so that no page comes without a line here.
private enum Access {
    /// Before anybody has signed in, or where a sign-in is not asked for.
    case anybody
    /// After the right password, for the second step.
    case halfSignedIn
    case signedIn
    /// Whoever sets up an account; signed in, after a fresh sign-in.
    case enrolling
    /// After a sign-in of the last minutes. Others are led to confirm first.
    case fresh
    /// The same, but the form itself asks for the confirmation.
    case freshWithinForm
}

private let table: [String: Access] = [
    "GET /sign-in": .anybody, "POST /sign-in": .anybody, "POST /sign-in/passkey": .anybody,
    "POST /sign-out": .anybody, "GET /sign-in/with/:provider": .anybody, "GET /sign-in/callback/:provider": .anybody,
    "GET /setup/:token": .anybody, "POST /setup/:token": .anybody, "POST /setup/:token/strength": .anybody,
    "GET /revoke/:token": .anybody, "POST /revoke/:token": .anybody, "GET /assets/:file": .anybody,
    "POST /sso/:provider/backchannel-logout": .anybody, "GET /.well-known/passkey-endpoints": .anybody,
    "GET /.well-known/change-password": .anybody, "GET /set-up": .enrolling,

    "GET /sign-in/code": .halfSignedIn, "POST /sign-in/code": .halfSignedIn, "POST /sign-in/key": .halfSignedIn,
    "GET /sign-in/recovery": .halfSignedIn, "POST /sign-in/recovery": .halfSignedIn,

    "GET /": .signedIn, "GET /activity": .signedIn, "GET /recovered": .signedIn, "GET /sessions": .signedIn,
    // They only close something: nobody must look for a phone first.
    "POST /sessions/:id/end": .signedIn, "POST /sessions/end-others": .signedIn,
    "GET /app-passwords/:id/revoke": .signedIn, "POST /app-passwords/:id/revoke": .signedIn,
    // What opens a way in is told whatever is chosen there.
    "GET /alerts": .signedIn, "POST /alerts": .signedIn,
    "GET /app-passwords/:id": .signedIn, "GET /app-passwords/:id/live": .signedIn,
    "GET /app-passwords/:id/check": .signedIn, "GET /app-passwords/:id/approve": .signedIn,
    "GET /passkeys/:id": .signedIn, "POST /passkeys/:id/rename": .signedIn, "GET /security-keys/:id": .signedIn,
    "POST /security-keys/:id/rename": .signedIn, "GET /identities/:id": .signedIn,
    "GET /confirm": .signedIn, "POST /confirm": .signedIn,
    "GET /confirm/with/:provider": .signedIn, "POST /password/strength": .signedIn,
    "GET /helpdesk": .signedIn, "GET /authenticator/app": .signedIn, "POST /authenticator/rename": .signedIn,

    "GET /authenticator": .enrolling, "POST /authenticator": .enrolling, "GET /passkeys/new": .enrolling,
    "POST /passkeys/new": .enrolling, "GET /security-keys/new": .enrolling, "POST /security-keys/new": .enrolling,
    "GET /codes-by-mail": .enrolling, "POST /codes-by-mail": .enrolling,

    "GET /app-passwords/new": .fresh, "GET /app-passwords/:id/rotate": .fresh, "GET /password": .fresh,
    "GET /recovery-codes": .fresh, "GET /connect/:provider": .fresh,
    "POST /password/remove": .fresh, "POST /authenticator/remove": .fresh, "POST /codes-by-mail/remove": .fresh,
    "POST /passkeys/:id/remove": .fresh, "POST /security-keys/:id/remove": .fresh,
    "POST /identities/:id/remove": .fresh,

    "POST /app-passwords": .freshWithinForm, "POST /app-passwords/:id/rotate": .freshWithinForm,
    "POST /app-passwords/:id/approve": .freshWithinForm, "POST /password": .freshWithinForm,
    "POST /recovery-codes": .freshWithinForm, "POST /helpdesk/link": .freshWithinForm,
]

@Suite("Every route")
struct EveryRouteTests {
    /// Where no provider is configured, there is nothing at its paths for anybody: tested with providers in `Tests/Peers/test_sso.py`.
    private static func isOfProvider(_ name: String) -> Bool { name.contains(":provider") }

    /// A route with something of the visitor's own in the place of each parameter.
    private struct Route: CustomStringConvertible {
        let name: String
        let access: Access
        let method: HTTPRequest.Method
        let path: String

        var description: String { name }

        init(_ name: String, _ access: Access, id: String) {
            self.name = name
            self.access = access
            let parts = name.split(separator: " ")
            method = parts[0] == "GET" ? .get : .post
            path = parts[1].split(separator: "/", omittingEmptySubsequences: false).map { part in
                part == ":id" ? id : part.hasPrefix(":") ? "example" : String(part)
            }.joined(separator: "/")
        }
    }

    private static func routes(_ access: Set<Access>, id: String = "\(AppPasswordID.nobody)") -> [Route] {
        table.filter { access.contains($0.value) && !isOfProvider($0.key) }.sorted { $0.key < $1.key }.map {
            Route($0.key, $0.value, id: id)
        }
    }

    private static let guarded: Set<Access> = [.halfSignedIn, .signedIn, .enrolling, .fresh, .freshWithinForm]

    private func ask(_ route: Route, _ browser: Browser, _ form: [(String, String)] = []) async throws -> Browser.Answer
    {
        route.method == .get ? try await browser.get(route.path) : try await browser.post(route.path, form)
    }

    @Test("the table holds every route that there is, and no other")
    func complete() async throws {
        let house = try await House()
        let browser = Browser(house)
        var found: Set<String> = []
        for path in Set(house.portal.router().routes.map { "\($0.path)" }) {
            let name = path.replacing("{", with: ":").replacing("}", with: "")
            let concrete = Route("GET \(name)", .anybody, id: "x").path
            let allowed = try await browser.ask(.options, concrete, [:], body: nil).headers[.allow] ?? ""
            // The guard of foreign forms answers first.
            let own = try await browser.ask(.options, concrete, [.origin: House.origin], body: nil)
            for method in (own.headers[.allow] ?? allowed).split(separator: ", ") where method != "HEAD" {
                found.insert("\(method) \(name)")
            }
        }
        #expect(found == Set(table.keys))
    }

    @Test("a stranger gets to nothing that is not for everybody")
    func strangers() async throws {
        let browser = Browser(try await House())
        for route in Self.routes(Self.guarded) {
            let answer = try await ask(route, browser)
            #expect(answer.status == .seeOther && answer.location?.hasPrefix("/sign-in") == true, "\(route)")
        }
    }

    @Test("who has shown a password alone is led to the second step from everywhere")
    func halfSignedIn() async throws {
        let house = try await House()
        try await Browser(house).setUp()
        let thief = Browser(house)
        _ = try await thief.post("/sign-in", [("login", "alice@example.org"), ("password", House.password)])
        for route in Self.routes(Self.guarded.subtracting([.halfSignedIn])) {
            #expect(try await ask(route, thief).location == "/sign-in/code", "\(route)")
        }
    }

    @Test("who has yet to enrol can do nothing else")
    func enrolling() async throws {
        let house = try await House()
        try await Browser(house).setUp(login: "root@example.org")
        let newcomer = Browser(house)
        let account = try await house.addAccount("bob@example.org")
        let link = try #require(try await house.setupLinks.issue(for: account.id, actor: .system).reveal())
        _ = try await newcomer.post("/setup/\(link)", [("password", House.password)])
        for route in Self.routes(Self.guarded.subtracting([.enrolling])) {
            #expect(try await ask(route, newcomer).location == "/set-up", "\(route)")
        }
    }

    @Test("after ten minutes nothing that opens a way in is done without confirming")
    func stale() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        _ = try await alice.create()
        _ = try await house.addAccount("bob@example.org")
        let login = try #require(LoginName("alice@example.org"))
        let owner = try #require(try await house.accounts.account(named: login))
        let appPassword = try #require(
            try await house.appPasswords.appPasswords(of: owner.id, includingEnded: false, at: house.clock.now).first)
        house.clock.advance(by: .seconds(660))
        let before = try await house.audit.entries(matching: AuditFilter(), limit: 1_000).count
        for route in Self.routes([.enrolling, .fresh], id: "\(appPassword.id)") where route.name != "GET /set-up" {
            let answer = try await ask(route, alice)
            // A key or identity that is not there is not found, which tells nothing either.
            let isNothing =
                answer.status == .notFound
                && (route.path.contains("\(appPassword.id)") || route.path.contains("example"))
            #expect(isNothing || answer.location?.hasPrefix("/confirm?next=") == true, "\(route): \(answer.status)")
        }
        for route in Self.routes([.freshWithinForm], id: "\(appPassword.id)") where !route.name.hasSuffix("approve") {
            let answer = try await ask(route, alice, [("login", "bob@example.org"), ("application", "script")])
            #expect(
                answer.status == .unprocessableContent && answer.text.contains("class=\"step-up\""),
                "\(route): \(answer.status)")
        }
        let after = try await house.audit.entries(matching: AuditFilter(), limit: 1_000).count
        #expect(after == before, "and nothing happened")
    }

    @Test("no form from another site is taken, whoever sends it")
    func crossSite() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        let before = try await house.audit.entries(matching: AuditFilter(), limit: 1_000).count
        var crossSite: HTTPFields = [.origin: House.origin]
        crossSite.set("Sec-Fetch-Site", "cross-site")
        var sameSite: HTTPFields = [.origin: House.origin]
        sameSite.set("Sec-Fetch-Site", "same-site")
        let attempts: [HTTPFields] = [[:], crossSite, sameSite, [.origin: "https://evil.example"], [.origin: "null"]]
        for route in Self.routes(Self.guarded.union([.anybody]))
        where route.method == .post && !route.name.hasSuffix("backchannel-logout") {
            for headers in attempts {
                #expect(try await alice.post(route.path, headers: headers).status == .forbidden, "\(route)")
            }
        }
        #expect(try await house.audit.entries(matching: AuditFilter(), limit: 1_000).count == before)
        #expect(try await alice.get("/").status == .ok)
    }

    @Test("the session of a disabled account is none, at every route")
    func disabled() async throws {
        let house = try await House()
        let bob = try await house.addPerson("bob@example.org")
        let login = try #require(LoginName("bob@example.org"))
        var account = try #require(try await house.accounts.account(named: login))
        account.disabled = house.clock.now
        try await house.accounts.update(
            account,
            event: AuditEvent(time: house.clock.now, action: .accountDisabled, actor: .system, account: account.id))
        for route in Self.routes(Self.guarded) {
            #expect(try await ask(route, bob).location?.hasPrefix("/sign-in") == true, "\(route)")
        }
    }

    @Test("a session that somebody planted in a browser is not the one that is signed in")
    func fixation() async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        let thief = Browser(house)
        _ = try await thief.post("/sign-in", [("login", "alice@example.org"), ("password", House.password)])
        for planted in [thief.cookies[SessionCookie.name], String(repeating: "A", count: 43)] {
            let victim = Browser(house)
            victim.cookies[SessionCookie.name] = planted
            _ = try await victim.post("/sign-in", [("login", "alice@example.org"), ("password", House.password)])
            _ = try await victim.post("/sign-in/code", [("code", alice.code)])
            #expect(try await victim.get("/").status == .ok)
            #expect(victim.cookies[SessionCookie.name] != planted)
            let other = Browser(house)
            other.cookies[SessionCookie.name] = planted
            #expect(try await other.get("/").location?.hasPrefix("/sign-in") == true)
            house.clock.advance(by: .seconds(30))
        }
    }

    @Test(
        "nothing that is sent becomes a header",
        arguments: [
            "/activity\r\nSet-Cookie: a=b", "/activity%0d%0aSet-Cookie:%20a=b", "/a\nb", "/a\u{0}b", "/\u{85}x",
        ])
    func headerInjection(next: String) async throws {
        let house = try await House()
        let alice = Browser(house)
        try await alice.setUp()
        house.clock.advance(by: .seconds(660))
        let encoded = PercentEncoding.encode(next)
        let stranger = Browser(house)
        for answer in [
            try await stranger.get("/sign-in?next=\(encoded)"), try await alice.get("/sign-in?next=\(encoded)"),
            try await alice.get("/confirm?next=\(encoded)"),
            try await alice.post("/confirm", [("code", alice.code), ("next", next)]),
            try await alice.post("/alerts", [("alert", next)]),
            try await stranger.post("/sign-in", [("login", next), ("password", next), ("next", next)]),
        ] {
            let values = answer.headers.map(\.value)
            #expect(values.allSatisfy { value in value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } })
            #expect(!answer.headers[values: .setCookie].contains { $0.hasPrefix("a=b") })
        }
    }
}
