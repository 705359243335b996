import LatchkeyTesting
import Testing

@testable import OIDCClient

struct RelyingPartyTests {
    private func begin(
        _ party: RelyingParty, at now: NumericDate = now
    ) async throws -> (url: String, pending: PendingAuthorization) {
        var rng = SplitMix64(seed: 3)
        return try await party.begin(
            AuthorizationRequest(redirectURI: redirectURI), OneTimeValues(using: &rng), at: now)
    }

    /// Signs in with an ID token that answers the pending request, changed by `change`.
    private func signIn(
        _ party: RelyingParty, _ http: ScriptedHTTP, at now: NumericDate = now, _ extra: [String: String] = [:],
        _ change: (Token) -> Token = { $0 }
    ) async throws -> Identity {
        let pending = try await begin(party, at: now).pending
        let token = Token.id.with("nonce", quoted(pending.nonce.revealed)).with("iat", "\(now.seconds)")
            .with("exp", "\(now.seconds + 300)")
        http.answerTokens(try change(token).compact(), extra)
        let response = try AuthorizationResponse(query: "code=the-code&state=\(pending.state.revealed)")
        return try await party.finish(pending, with: response, at: now)
    }

    @Test("a person is sent away, comes back and is known")
    func wholeWay() async throws {
        let http = try ScriptedHTTP()
        let party = RelyingParty(try provider(), http: http)
        let (url, pending) = try await begin(party)
        #expect(url.hasPrefix("https://id.example.test/authorize?response_type=code&client_id=latchkey&"))
        #expect(!url.contains(pending.codeVerifier.revealed))
        #expect(try await signIn(party, http).subject == "alice-1")

        let request = try #require(http.requests.last { $0.url == ScriptedHTTP.tokenURL })
        // latchkey:s3cret
        #expect(request.authorization == Confidential("Basic bGF0Y2hrZXk6czNjcmV0"))
        let form = try #require(request.form.flatMap { FormEncoding.decode($0.revealed) })
        #expect(form.map(\.name) == ["grant_type", "code", "redirect_uri", "code_verifier"])
        #expect(form.map(\.value) == ["authorization_code", "the-code", redirectURI, pending.codeVerifier.revealed])
        #expect(http.count(of: ScriptedHTTP.discoveryURL) == 1 && http.count(of: ScriptedHTTP.keySetURL) == 1)
        #expect(!"\(http.requests)".contains("s3cret") && !"\(http.requests)".contains("the-code"))
    }

    @Test("the client proves who it is the way that is configured")
    func clientAuthentication() throws {
        let endpoint = try #require(SecureURL(ScriptedHTTP.tokenURL))
        func request(_ authentication: ClientAuthentication) throws -> FetchRequest {
            try .tokens(for: Confidential("c"), pending(), at: endpoint, as: provider(nil, authentication))
        }
        let post = try request(.post(Confidential("a&b")))
        #expect(post.authorization == nil)
        #expect(post.form?.revealed.hasSuffix("&client_id=latchkey&client_secret=a%26b") == true)
        let none = try request(.none)
        #expect(none.authorization == nil && none.form?.revealed.hasSuffix("&client_id=latchkey") == true)
        // latchkey:a%3Ab, escaped before it is joined (RFC 6749 §2.3.1).
        #expect(try request(.basic(Confidential("a:b"))).authorization == Confidential("Basic bGF0Y2hrZXk6YSUzQWI="))
    }

    @Test("an access token that comes along must be the one that the ID token names")
    func accessToken() async throws {
        let http = try ScriptedHTTP()
        let party = RelyingParty(try provider(), http: http)
        await #expect(throws: SignInError.idToken(.otherAccessToken)) {
            try await signIn(party, http, ["access_token": #""another""#]) {
                $0.with("at_hash", #""77QmUPtjPfzWtF2AnpK9RQ""#)
            }
        }
    }

    @Test("nothing is asked of the token endpoint for a response that answers no request of ours")
    func foreignResponse() async throws {
        let http = try ScriptedHTTP(metadata: ["authorization_response_iss_parameter_supported": "true"])
        let party = RelyingParty(try provider(), http: http)
        let pending = try await begin(party).pending
        let state = pending.state.revealed
        for (query, error) in [
            ("code=c&state=other", SignInError.response(.otherState)),
            ("code=c&state=\(state)", .response(.noIssuer)),
            ("code=c&state=\(state)&iss=https://evil.test", .response(.otherIssuer)),
            ("error=access_denied&state=\(state)&iss=\(issuerURL)", .declined(.accessDenied)),
        ] {
            await #expect(throws: error) {
                try await party.finish(pending, with: AuthorizationResponse(query: query), at: now)
            }
        }
        #expect(http.count(of: ScriptedHTTP.tokenURL) == 0)
    }

    @Test(
        "a refusal of the code is told from trouble",
        arguments: [
            (
                400, #"{"error":"invalid_grant"}"#,
                SignInError.codeRefused(TokenError(code: .invalidGrant, vendorCodes: []))
            ),
            (
                401, #"{"error":"invalid_client","error_description":"s3cret","error_codes":[7000215]}"#,
                .codeRefused(TokenError(code: .invalidClient, vendorCodes: [7_000_215]))
            ),
            (400, #"{"error":"made_up"}"#, .codeRefused(TokenError(code: .other, vendorCodes: []))),
            (400, "no", .provider(.status(.tokenEndpoint, 400))),
            (500, #"{"error":"server_error"}"#, .provider(.status(.tokenEndpoint, 500))),
            (503, "", .provider(.status(.tokenEndpoint, 503))),
            (429, #"{"error":"slow_down"}"#, .provider(.status(.tokenEndpoint, 429))),
            (302, "", .provider(.redirected(.tokenEndpoint))),
            (200, "<html>", .provider(.malformed(.tokenEndpoint))),
            (200, "{}", .provider(.noIDToken)),
            (200, #"{"id_token":7}"#, .provider(.noIDToken)),
            (200, String(repeating: " ", count: 128 * 1024 + 1), .provider(.tooLarge(.tokenEndpoint))),
        ])
    func tokenEndpoint(status: Int, body: String, error: SignInError) async throws {
        let http = try ScriptedHTTP()
        let party = RelyingParty(try provider(), http: http)
        let pending = try await begin(party).pending
        http.answer(ScriptedHTTP.tokenURL, status: status, body)
        let response = try AuthorizationResponse(query: "code=c&state=\(pending.state.revealed)")
        await #expect(throws: error) { try await party.finish(pending, with: response, at: now) }
        #expect(error.isTemporary == [429, 500, 503].contains(status))
        #expect(!error.description.contains("s3cret") && !error.explanation.isEmpty)
    }

    @Test(
        "a provider that cannot be reached is temporary trouble",
        arguments: [FetchFailure.deadline, .connection("connection refused")])
    func unreachable(failure: FetchFailure) async throws {
        let http = try ScriptedHTTP()
        let party = RelyingParty(try provider(), http: http)
        let pending = try await begin(party).pending
        http.answer(ScriptedHTTP.tokenURL, .failure(failure))
        let response = try AuthorizationResponse(query: "code=c&state=\(pending.state.revealed)")
        await #expect(throws: SignInError.provider(.unreachable(.tokenEndpoint, failure))) {
            try await party.finish(pending, with: response, at: now)
        }
        #expect(SignInError.provider(.unreachable(.tokenEndpoint, failure)).isTemporary)
    }

    @Test("an unknown key makes the key set be fetched again, once in five minutes")
    func keyRotation() async throws {
        let http = try ScriptedHTTP(keys: .rsa)
        let party = RelyingParty(try provider(), http: http)
        #expect(try await signIn(party, http) { $0.signed(by: .rsa) }.subject == "alice-1")
        // The provider signs with its new key at once.
        http.answer(ScriptedHTTP.keySetURL, try keySetText(.rsa, .p256))
        #expect(try await signIn(party, http, at: now + 1).subject == "alice-1")
        #expect(http.count(of: ScriptedHTTP.keySetURL) == 2)
        // Somebody presents unknown keys, again and again.
        for second in [2, 100, 300] as [Int64] {
            await #expect(throws: SignInError.idToken(.unknownKey)) {
                try await signIn(party, http, at: now + second) { $0.signed(by: .ed25519) }
            }
        }
        #expect(http.count(of: ScriptedHTTP.keySetURL) == 2)
        await #expect(throws: SignInError.idToken(.unknownKey)) {
            try await signIn(party, http, at: now + 301) { $0.signed(by: .ed25519) }
        }
        #expect(http.count(of: ScriptedHTTP.keySetURL) == 3)
    }

    @Test("logout tokens of strangers do not use up what sign-ins need")
    func separateBudgets() async throws {
        let http = try ScriptedHTTP(keys: .rsa)
        let party = RelyingParty(try provider(), http: http)
        for _ in 0..<3 {
            let token = try Token.logout.signed(by: .ed25519).compact()
            await #expect(throws: LogoutError.token(.unknownKey)) { try await party.notice(from: token, at: now) }
        }
        #expect(http.count(of: ScriptedHTTP.keySetURL) == 2)
        http.answer(ScriptedHTTP.keySetURL, try keySetText(.p256))
        #expect(try await signIn(party, http, at: now + 1).subject == "alice-1")
    }

    @Test("a key that is changed under its old name, or that has none, is found as well")
    func quietRotation() async throws {
        for name in ["rsa", nil] {
            let http = try ScriptedHTTP(keys: Signer.rsa.named(name))
            let party = RelyingParty(try provider(), http: http)
            #expect(try await signIn(party, http) { $0.signed(by: Signer.rsa.named(name)) }.subject == "alice-1")
            http.answer(ScriptedHTTP.keySetURL, try keySetText(Signer.otherRSA.named(name)))
            let renewed = try await signIn(party, http, at: now + 1) { $0.signed(by: Signer.otherRSA.named(name)) }
            #expect(renewed.subject == "alice-1")
            #expect(http.count(of: ScriptedHTTP.keySetURL) == 2)
            // The old key is worth nothing from then on, and nothing is fetched for it so soon.
            await #expect(throws: SignInError.idToken(.badSignature)) {
                try await signIn(party, http, at: now + 2) { $0.signed(by: Signer.rsa.named(name)) }
            }
            #expect(http.count(of: ScriptedHTTP.keySetURL) == 2)
        }
    }

    @Test(
        "keys that change between somebody's departure and return keep nobody out, nor does a set that goes away then")
    func rotationUnderWay() async throws {
        let http = try ScriptedHTTP(keys: .rsa)
        let party = RelyingParty(try provider(), http: http)
        #expect(try await signIn(party, http) { $0.signed(by: .rsa) }.subject == "alice-1")
        // Away with the old keys, back with the new ones, and both are out at once.
        http.answer(ScriptedHTTP.keySetURL, try keySetText(.p256, .ed25519))
        #expect(try await signIn(party, http, at: now + 30).subject == "alice-1")
        #expect(try await signIn(party, http, at: now + 31) { $0.signed(by: .ed25519) }.subject == "alice-1")
        // A key that was withdrawn signs nobody in any more.
        await #expect(throws: SignInError.idToken(.unknownKey)) {
            try await signIn(party, http, at: now + 32) { $0.signed(by: .rsa) }
        }
        // While the set cannot be fetched the last one holds.
        http.answer(ScriptedHTTP.keySetURL, status: 503, "")
        #expect(try await signIn(party, http, at: now + 4000).subject == "alice-1")
    }

    @Test("the page for signing out keeps the query that it has")
    func logoutURL() async throws {
        let request = try LogoutRequest(idTokenHint: nil, postLogoutRedirectURI: "https://keys.example.test/")
        let party = RelyingParty(try provider(), http: try ScriptedHTTP())
        #expect(
            try await party.logoutURL(request, at: now)
                == "https://id.example.test/logout?realm=main&client_id=latchkey&post_logout_redirect_uri=https%3A%2F%2Fkeys.example.test%2F"
        )
        let without = RelyingParty(
            try provider(), http: try ScriptedHTTP(metadata: ["end_session_endpoint": nil as String?]))
        await #expect(throws: ProviderFault.noLogout) { try await without.logoutURL(request, at: now) }
    }
}
