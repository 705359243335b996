import Foundation
import LatchkeyTesting
import Testing

@testable import OIDCClient

struct AuthorizationTests {
    private func query(
        _ request: AuthorizationRequest, _ provider: Provider, takesClaims: Bool = false
    ) throws -> [String: String] {
        var rng = SplitMix64(seed: 1)
        let values = OneTimeValues(using: &rng)
        let pending = PendingAuthorization(
            issuer: issuerURL, redirectURI: redirectURI, state: values.state, nonce: values.nonce,
            codeVerifier: values.codeVerifier, maximumAge: request.maximumAge, started: now)
        let fields = request.fields(for: provider, pending, takesClaims: takesClaims)
        return Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) })
    }

    @Test("the code challenge is that of RFC 7636, Appendix B")
    func codeChallenge() {
        #expect(
            Confidential("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").codeChallenge
                == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test("state, nonce and code verifier are 256 bits each, and each another")
    func oneTimeValues() {
        var rng = SplitMix64(seed: 7)
        let values = OneTimeValues(using: &rng)
        let texts = [values.state, values.nonce, values.codeVerifier].map(\.revealed)
        #expect(Set(texts).count == 3)
        #expect(texts.allSatisfy { Base64URL.decode($0.utf8)?.count == 32 })
        var dumped = ""
        dump(values, to: &dumped)
        #expect(texts.allSatisfy { !dumped.contains($0) })
    }

    @Test("an ordinary request asks for a code, with PKCE, state and nonce, and to be told when the person signed in")
    func ordinary() throws {
        let query = try query(AuthorizationRequest(redirectURI: redirectURI), provider())
        #expect(
            Set(query.keys) == [
                "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge",
                "code_challenge_method", "max_age",
            ])
        #expect(query["response_type"] == "code" && query["code_challenge_method"] == "S256")
        #expect(query["scope"] == "openid profile email" && query["redirect_uri"] == redirectURI)
        // Ten years: auth_time is owed to whoever asks for some age, and nobody is to sign in anew for it.
        #expect(query["max_age"] == "315360000")
    }

    @Test(
        "what is told of a sign-in is asked for by name of whom that is configured for, or whose metadata says that it helps"
    )
    func claims() throws {
        let request = try AuthorizationRequest(redirectURI: redirectURI)
        var configured = try provider()
        #expect(try query(request, configured)["claims"] == nil)
        let asked = try #require(try query(request, configured, takesClaims: true)["claims"])
        let claims = try #require(JSONValue(Array(asked.utf8))?.object?["id_token"]?.object)
        #expect(Set(claims.keys) == ["auth_time", "amr"])
        configured.asksForClaims = true
        #expect(try query(request, configured)["claims"] == asked)
    }

    @Test("a step-up asks for a sign-in here and now")
    func stepUp() throws {
        var configured = try provider()
        configured.prompts = [.selectAccount]
        configured.acrValues = ["silver"]
        configured.scopes = ["openid", "groups"]
        var request = try AuthorizationRequest.stepUp(redirectURI: redirectURI, acrValues: ["gold", "platinum"])
        request.loginHint = "alice@example.test"
        let query = try query(request, configured)
        #expect(query["prompt"] == "login select_account" && query["max_age"] == "0")
        #expect(query["acr_values"] == "gold platinum" && query["login_hint"] == "alice@example.test")
        #expect(query["scope"] == "openid groups")
        #expect(try self.query(AuthorizationRequest(redirectURI: redirectURI), configured)["acr_values"] == "silver")
    }

    @Test("a redirect URI is https, or http to this machine")
    func redirectURIs() {
        #expect(throws: ConfigurationFault.redirectURI) {
            try AuthorizationRequest(redirectURI: "http://keys.example.test/")
        }
        #expect(throws: ConfigurationFault.redirectURI) { try AuthorizationRequest(redirectURI: "/oidc/callback") }
        #expect(throws: Never.self) { try AuthorizationRequest(redirectURI: "http://localhost:8080/oidc/callback") }
    }

    @Test("a response with a code is read, with what it does not need")
    func code() throws {
        let response = try AuthorizationResponse(
            query: "code=a%2Bb&state=the-state&session_state=x.y&iss=https%3A%2F%2Fid.example.test")
        #expect(response.outcome == .code(Confidential("a+b")))
        #expect(response.state == Confidential("the-state") && response.issuer == "https://id.example.test")
    }

    @Test(
        "a response that could be read in two ways is read in none",
        arguments: [
            "code=a&code=b&state=s", "code=a&state=s&state=t", "code=a&error=access_denied&state=s", "state=s",
            "code=&state=s",
            "code=a&state=s&iss=x&iss=y", "code=%ff&state=s", "code=\(String(repeating: "a", count: 8 * 1024))&state=s",
        ])
    func ambiguous(query: String) {
        #expect(throws: ResponseFault.malformed) { try AuthorizationResponse(query: query) }
    }

    @Test(
        "a response without state answers nothing", arguments: ["", "code=a", "code=a&state=", "error=access_denied"])
    func noState(query: String) {
        #expect(throws: ResponseFault.noState) { try AuthorizationResponse(query: query) }
    }

    @Test("a provider's words to people are not passed on")
    func errorDescription() throws {
        let response = try AuthorizationResponse(
            query: "error=call+0800-evil&error_description=Call+0800-evil&state=the-state")
        #expect(response.outcome == .error(.other))
        guard case .error(let error) = response.outcome else { return }
        #expect(!SignInError.declined(error).description.contains("0800"))
    }

    @Test("a response is held to the request it answers")
    func checks() throws {
        let ours = try Issuer(issuerURL)
        func check(
            _ query: String, _ request: PendingAuthorization = pending(), sendsIssuer: Bool = false
        ) throws {
            try request.check(AuthorizationResponse(query: query), from: ours, sendsIssuer: sendsIssuer, at: now)
        }
        let iss = "&iss=" + FormEncoding.escape(issuerURL)
        #expect(throws: Never.self) { try check("code=a&state=the-state") }
        #expect(throws: Never.self) { try check("code=a&state=the-state" + iss, sendsIssuer: true) }
        #expect(throws: ResponseFault.otherState) { try check("code=a&state=the-statf") }
        #expect(throws: ResponseFault.otherState) { try check("code=a&state=the-state-") }
        #expect(throws: ResponseFault.noIssuer) { try check("code=a&state=the-state", sendsIssuer: true) }
        #expect(throws: ResponseFault.noIssuer) { try check("error=access_denied&state=the-state", sendsIssuer: true) }
        #expect(throws: ResponseFault.otherIssuer) {
            try check("code=a&state=the-state&iss=https://evil.test", sendsIssuer: true)
        }
        // Also where the provider does not say that it sends it.
        #expect(throws: ResponseFault.otherIssuer) { try check("code=a&state=the-state" + iss + "/") }
        #expect(throws: ResponseFault.otherProvider) {
            try check("code=a&state=the-state", pending(issuer: "https://evil.test"))
        }
        #expect(throws: Never.self) { try check("code=a&state=the-state", pending(started: now + -600)) }
        #expect(throws: ResponseFault.tooLate) { try check("code=a&state=the-state", pending(started: now + -601)) }
        #expect(throws: ResponseFault.tooLate) { try check("code=a&state=the-state", pending(started: now + 61)) }
    }

    @Test("a pending authorization is kept whole, and printed without its secrets")
    func pendingAuthorization() throws {
        let request = pending(maximumAge: 0)
        let kept = try JSONDecoder().decode(PendingAuthorization.self, from: JSONEncoder().encode(request))
        #expect(kept == request)
        var dumped = "\(request)"
        dump(request, to: &dumped)
        for secret in ["the-state", nonce, "the-code-verifier"] { #expect(!dumped.contains(secret)) }
    }

    @Test(
        "errors of the standard are known, and each says what to do",
        arguments: [
            ("access_denied", AuthorizationError.accessDenied), ("login_required", .loginRequired),
            ("interaction_required", .interactionRequired), ("consent_required", .consentRequired),
            ("account_selection_required", .accountSelectionRequired),
            ("temporarily_unavailable", .temporarilyUnavailable),
            ("unmet_authentication_requirements", .unmetAuthenticationRequirements), ("server_error", .serverError),
            ("invalid_request", .invalidRequest), ("unauthorized_client", .unauthorizedClient),
            ("unsupported_response_type", .unsupportedResponseType), ("invalid_scope", .invalidScope),
            ("ACCESS_DENIED", .other),
        ])
    func errors(code: String, error: AuthorizationError) {
        #expect(AuthorizationError(code) == error)
        #expect(SignInError.declined(error).isTemporary == ["temporarily_unavailable", "server_error"].contains(code))
        #expect(!SignInError.declined(error).explanation.isEmpty && !error.description.contains("\n"))
    }

    @Test("a provider's configuration is checked whole")
    func configuration() {
        func fault(_ make: () throws -> Void) -> ConfigurationFault? {
            #expect(throws: ConfigurationFault.self, performing: make)
        }
        #expect(fault { _ = try Issuer("http://id.example.test") } == .issuer)
        #expect(fault { _ = try Issuer("https://id.example.test?x=1") } == .issuer)
        #expect(fault { _ = try Issuer("https://id.example.test#x") } == .issuer)
        #expect(fault { _ = try Issuer("https://{tenantid}/{tenantid}") } == .issuer)
        #expect(fault { _ = try Issuer("https://id.example.test/{tenantid}") } == .noTenants)
        #expect(fault { _ = try Issuer("https://id.example.test", tenants: ["x"]) } == .tenantsWithoutTemplate)
        #expect(fault { _ = try Issuer.entra(tenants: ["contoso.com"]) } == .tenant)
        #expect(fault { _ = try Provider(issuer: Issuer(issuerURL), clientID: "", authentication: .none) } == .clientID)
        #expect(
            fault { _ = try Provider(issuer: Issuer(issuerURL), clientID: "a b", authentication: .none) } == .clientID)
    }
}
