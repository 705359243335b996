import HTTPTypes
import Hummingbird
import LatchkeyCore
import NIOCore
import Testing

@testable import Portal

@Suite("Redirect targets")
struct LocalPathTests {
    @Test("a path of our own is one", arguments: ["/", "/app-passwords/new?application=script", "/activity?before=7"])
    func own(path: String) {
        #expect(LocalPath(path)?.text == path)
    }

    @Test(
        "whatever could lead elsewhere is none",
        arguments: [
            "", "//evil.example", "/\\evil.example", "https://evil.example/", "evil", "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil.example", "/a b", "/ü", "/%\u{0}", "\u{2f}\u{2f}evil", "/" + String(repeating: "a", count: 1_024),
        ])
    func foreign(path: String) {
        #expect(LocalPath(path) == nil)
    }
}

@Suite("Forms")
struct FormTests {
    private func form(_ body: String, type: String = "application/x-www-form-urlencoded") async throws -> Form {
        try await Form(
            Request(
                head: HTTPRequest(
                    method: .post, scheme: nil, authority: nil, path: "/", headerFields: [.contentType: type]),
                body: RequestBody(buffer: ByteBuffer(string: body))))
    }

    @Test("fields are decoded as browsers send them")
    func decoding() async throws {
        let form = try await form("name=J%C3%BCrgen+M&service=imap&service=smtp&empty=&odd=%zz%4&a%20b=c")
        #expect(form.text("name") == "Jürgen M")
        #expect(form.all("service") == ["imap", "smtp"])
        #expect(form.has("empty") && form.text("empty").isEmpty && !form.has("missing"))
        #expect(form.text("odd") == "%zz%4")
        #expect(form.text("a b") == "c")
    }

    @Test("blanks around a text are dropped, those of a password are kept")
    func blanks() async throws {
        let form = try await form("login=+alice+&password=+a+b+")
        #expect(form.text("login") == "alice")
        #expect(form.secret("password").reveal() == " a b ")
    }

    @Test("what is too large or no form is refused with its status")
    func limits() async {
        let cases: [(String, String, HTTPResponse.Status)] = [
            (
                "a=" + String(repeating: "x", count: Form.maximumLength), "application/x-www-form-urlencoded",
                .contentTooLarge
            ),
            (
                "a=" + String(repeating: "x", count: Form.maximumFieldLength + 1), "application/x-www-form-urlencoded",
                .contentTooLarge
            ),
            (
                String(repeating: "a=1&", count: Form.maximumFields + 1), "application/x-www-form-urlencoded",
                .contentTooLarge
            ),
            ("{}", "application/json", .unsupportedMediaType),
            ("a=1", "text/plain", .unsupportedMediaType),
        ]
        for (body, type, status) in cases {
            await #expect(throws: HTTPError.self) { try await form(body, type: type) }
            do { _ = try await form(body, type: type) } catch { #expect((error as? HTTPError)?.status == status) }
        }
    }
}

@Suite("Whose form it is")
struct OriginGuardTests {
    @Test("an identity provider's server is let through to its own path, and nowhere else")
    func backChannel() {
        #expect(BackChannelLogout.isPath("/sso/example/backchannel-logout"))
        for path in [
            "/sso/example/backchannel-logout/", "/sso//x/backchannel-logout", "/sso/backchannel-logout",
            "//sso/example/backchannel-logout", "/app-passwords", "/sso/a/b/backchannel-logout",
            "/sso/a/backchannel-logouts",
        ] {
            #expect(!BackChannelLogout.isPath(path), "\(path)")
        }
    }

    private func request(_ site: String?, _ origin: String?, host: String = "keys.example.org") -> Request {
        var headers = HTTPFields()
        if let site { headers.set("Sec-Fetch-Site", site) }
        if let origin { headers[.origin] = origin }
        return Request(
            head: HTTPRequest(method: .post, scheme: nil, authority: host, path: "/", headerFields: headers),
            body: RequestBody(buffer: ByteBuffer()))
    }

    @Test("our own page's form passes")
    func own() {
        let guarded = OriginGuard(origin: "https://keys.example.org")
        #expect(guarded.isOwn(request("same-origin", "https://keys.example.org")))
        #expect(guarded.isOwn(request("same-origin", nil)))
        #expect(guarded.isOwn(request(nil, "https://keys.example.org")))
    }

    @Test(
        "any other is refused",
        arguments: [
            (nil, nil), ("cross-site", "https://keys.example.org"), ("same-site", "https://keys.example.org"),
            ("none", "https://keys.example.org"), ("same-origin", "https://evil.example"), ("same-origin", "null"),
            (nil, "null"), (nil, "http://keys.example.org"), (nil, "https://keys.example.org.evil.example"),
            ("same-origin, same-origin", nil),
        ] as [(String?, String?)])
    func foreign(site: String?, origin: String?) {
        #expect(!OriginGuard(origin: "https://keys.example.org").isOwn(request(site, origin)))
    }

    @Test("without an address of its own, only the own machine's names count")
    func ownMachine() {
        let guarded = OriginGuard(origin: nil)
        #expect(guarded.isOwn(request("same-origin", "http://localhost:8080", host: "localhost:8080")))
        #expect(guarded.isOwn(request(nil, "http://[::1]:8080", host: "[::1]:8080")))
        #expect(!guarded.isOwn(request(nil, "http://evil.example:8080", host: "evil.example:8080")))
        #expect(!guarded.isOwn(request(nil, "http://localhost:8080", host: "evil.example")))
        #expect(!guarded.isOwn(request(nil, "http://localhost.evil.example", host: "localhost.evil.example")))
    }
}

@Suite("Where a browser is")
struct ClientAddressTests {
    private let clientAddress = ClientAddress(trustedProxies: ["127.0.0.0/8", "::1"].compactMap { Network($0) })

    private func address(_ forwarded: [String], from peer: String) throws -> String? {
        var headers = HTTPFields()
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        for value in forwarded { headers.append(HTTPField(name: name, value: value)) }
        let request = Request(
            head: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/", headerFields: headers),
            body: RequestBody(buffer: ByteBuffer()))
        return clientAddress.address(of: request, from: IPAddress(peer))?.description
    }

    @Test("a trusted proxy is believed, a browser is not")
    func forwarded() throws {
        #expect(try address(["192.0.2.7"], from: "127.0.0.1") == "192.0.2.7")
        #expect(try address(["10.0.0.1, 192.0.2.7"], from: "127.0.0.1") == "192.0.2.7")
        #expect(try address(["192.0.2.7, 127.0.0.1"], from: "127.0.0.1") == "192.0.2.7")
        #expect(try address(["192.0.2.7"], from: "198.51.100.1") == "198.51.100.1")
        #expect(try address(["nonsense"], from: "127.0.0.1") == "127.0.0.1")
        #expect(try address([], from: "127.0.0.1") == "127.0.0.1")
        #expect(try address(["2001:db8::1", "192.0.2.7"], from: "::1") == "192.0.2.7")
    }
}

@Suite("Forms good for one use")
struct FormTokenTests {
    private let now = Timestamp(seconds: 1_000_000)

    @Test("a token works once, and only for its session")
    func once() throws {
        let samples = try Samples(renderer: Renderer(domain: nil))
        let tokens = FormTokens(started: now)
        let visitor = samples.visitor
        let token = tokens.issue(to: visitor, at: now)
        let stranger = Visitor(token: Secret("other"), session: visitor.session, account: visitor.account)
        #expect(tokens.spend(token, of: stranger, at: now) == .stale)
        #expect(tokens.spend(token, of: visitor, at: now) == .first)
        #expect(tokens.spend(token, of: visitor, at: now) == .again(nil))
        var rng = SystemRandomNumberGenerator()
        let made = AppPasswordID(at: now, using: &rng)
        tokens.note(made, for: token)
        #expect(tokens.spend(token, of: visitor, at: now) == .again(made))
    }

    @Test("an old token, one from before the start, and a forged one are stale")
    func stale() throws {
        let visitor = try Samples(renderer: Renderer(domain: nil)).visitor
        let tokens = FormTokens(started: now)
        let token = tokens.issue(to: visitor, at: now)
        #expect(tokens.spend(token, of: visitor, at: now + .seconds(3_601)) == .stale)
        let before = FormTokens(started: now).issue(to: visitor, at: now + .seconds(-1))
        #expect(tokens.spend(before, of: visitor, at: now) == .stale)
        for forged in ["", ".", "1.2.3", token + "0", String(token.dropLast()), "9" + token] {
            #expect(tokens.spend(forged, of: visitor, at: now) == .stale)
        }
    }
}

@Suite("Notices")
struct NoticeTests {
    @Test("only words from the list are believed")
    func parsing() {
        func notice(_ cookie: String) -> Notice? {
            Notice(
                in: Request(
                    head: HTTPRequest(
                        method: .get, scheme: nil, authority: nil, path: "/", headerFields: [.cookie: cookie]),
                    body: RequestBody(buffer: ByteBuffer())))
        }
        #expect(notice("__Host-latchkey-notice=revoked")?.event == .revoked)
        #expect(notice("__Host-latchkey-notice=you-won") == nil)
        #expect(notice("__Host-latchkey-notice=revoked.nonsense")?.appPassword == nil)
    }
}
