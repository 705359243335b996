import LatchkeyTesting
import Testing

@testable import OIDCClient

struct DiscoveryTests {
    private let ours: Issuer

    init() throws { ours = try Issuer(issuerURL) }

    private func metadata(_ changes: [String: String?]) throws -> ProviderMetadata {
        try ProviderMetadata(Array(ScriptedHTTP.metadata(changes).utf8), of: ours)
    }

    @Test(
        "another issuer's document is refused, were it but a slash",
        arguments: [
            "https://id.example.test/realms/main/", "https://id.example.test/realms/other", "https://evil.test",
            "https://id.example.test/realms/Main",
        ])
    func otherIssuer(issuer: String) {
        #expect(throws: ProviderFault.otherIssuer(issuer)) { try metadata(["issuer": quoted(issuer)]) }
    }

    @Test("what another issuer is called cannot break a log line")
    func legibleIssuer() {
        #expect(throws: ProviderFault.otherIssuer("a?b??")) { try metadata(["issuer": #""a\nbä""#]) }
    }

    @Test("an issuer's last slash is dropped before the well-known path (Discovery §4)")
    func lastSlash() throws {
        #expect(
            try Issuer("https://id.example.test/").discoveryURL
                == "https://id.example.test/.well-known/openid-configuration")
        #expect(ours.discoveryURL == ScriptedHTTP.discoveryURL)
    }

    @Test(
        "every endpoint is needed, and behind TLS",
        arguments: ["authorization_endpoint", "token_endpoint", "jwks_uri"])
    func endpoints(name: String) {
        #expect(throws: ProviderFault.missingField(name)) { try metadata([name: nil as String?]) }
        #expect(throws: ProviderFault.missingField(name)) { try metadata([name: "7"]) }
        for url in [
            "http://id.example.test/x", "http://localhost/x", "javascript:alert(1)", "https://u@id.example.test/",
        ] {
            #expect(throws: ProviderFault.insecureEndpoint(name)) { try metadata([name: quoted(url)]) }
        }
    }

    @Test("a provider on this machine may do without TLS, and only there")
    func loopback() throws {
        let local = try Issuer("http://localhost:8080")
        func read(_ endpoint: String) throws {
            let text = ScriptedHTTP.metadata([
                "issuer": #""http://localhost:8080""#, "token_endpoint": quoted(endpoint),
            ])
            _ = try ProviderMetadata(Array(text.utf8), of: local)
        }
        #expect(throws: Never.self) { try read("http://localhost:8080/token") }
        #expect(throws: ProviderFault.insecureEndpoint("token_endpoint")) { try read("http://id.example.test/token") }
    }

    @Test(
        "RFC 9207 counts as announced only if it plainly is",
        arguments: [("true", true), ("false", false), (#""true""#, false)])
    func issuerParameter(value: String, announced: Bool) throws {
        #expect(try metadata(["authorization_response_iss_parameter_supported": value]).sendsIssuer == announced)
    }

    @Test(
        "the claims parameter counts as taken only if it plainly is",
        arguments: [("true", true), ("false", false), (#""true""#, false)])
    func claimsParameter(value: String, taken: Bool) throws {
        #expect(try metadata(["claims_parameter_supported": value]).takesClaims == taken)
        #expect(try !metadata([:]).takesClaims)
    }

    private func begin(_ party: RelyingParty, at now: NumericDate = now) async throws {
        var rng = SplitMix64(seed: 5)
        do {
            _ = try await party.begin(
                AuthorizationRequest(redirectURI: redirectURI), OneTimeValues(using: &rng), at: now)
        } catch SignInError.provider(let fault) {
            throw fault
        }
    }

    @Test(
        "what is not the document is told for what it is",
        arguments: [
            (301, "", ProviderFault.redirected(.discovery)), (302, "", .redirected(.discovery)),
            (404, "", .status(.discovery, 404)), (502, "", .status(.discovery, 502)),
            (200, "<html>", .malformed(.discovery)),
            (200, #"{"issuer":"a","issuer":"b"}"#, .malformed(.discovery)),
            (200, String(repeating: " ", count: 256 * 1024 + 1), .tooLarge(.discovery)),
        ])
    func answers(status: Int, body: String, fault: ProviderFault) async throws {
        let http = try ScriptedHTTP()
        http.answer(ScriptedHTTP.discoveryURL, status: status, body)
        await #expect(throws: fault) { try await begin(RelyingParty(try provider(), http: http)) }
        // Wherever it points: nobody goes there.
        #expect(http.requests.map(\.url) == [ScriptedHTTP.discoveryURL])
    }

    @Test("the document is fetched once an hour, by whoever needs it first")
    func lifetime() async throws {
        let http = try ScriptedHTTP()
        let party = RelyingParty(try provider(), http: http)
        await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { try await self.begin(party) } }
        }
        #expect(http.count(of: ScriptedHTTP.discoveryURL) == 1)
        try await begin(party, at: now + 3599)
        #expect(http.count(of: ScriptedHTTP.discoveryURL) == 1)
        try await begin(party, at: now + 3600)
        #expect(http.count(of: ScriptedHTTP.discoveryURL) == 2)
        // A clock that was set back.
        try await begin(party)
        #expect(http.count(of: ScriptedHTTP.discoveryURL) == 3)
    }

    @Test("while the provider is away its old document serves for a day, and it is left in peace")
    func providerAway() async throws {
        let http = try ScriptedHTTP()
        let party = RelyingParty(try provider(), http: http)
        try await begin(party)
        http.answer(ScriptedHTTP.discoveryURL, .failure(.deadline))
        try await begin(party, at: now + 4000)
        try await begin(party, at: now + 4004)
        #expect(http.count(of: ScriptedHTTP.discoveryURL) == 2)
        try await begin(party, at: now + 4005)
        #expect(http.count(of: ScriptedHTTP.discoveryURL) == 3)
        await #expect(throws: ProviderFault.unreachable(.discovery, .deadline)) {
            try await begin(party, at: now + 86_400)
        }
    }

    @Test("a document that cannot be believed replaces the old one by nothing")
    func turnedAway() async throws {
        let http = try ScriptedHTTP()
        let party = RelyingParty(try provider(), http: http)
        try await begin(party)
        http.answer(ScriptedHTTP.discoveryURL, ScriptedHTTP.metadata(["issuer": #""https://evil.test""#]))
        await #expect(throws: ProviderFault.otherIssuer("https://evil.test")) { try await begin(party, at: now + 3600) }
    }

    @Test(
        "no fault and no description of one spans lines",
        arguments: [
            ProviderFault.unreachable(.keySet, .tooLarge), .status(.discovery, 404), .redirected(.tokenEndpoint),
            .tooLarge(.keySet),
            .malformed(.discovery), .otherIssuer("x"), .missingField("jwks_uri"), .insecureEndpoint("jwks_uri"),
            .tooManyKeys(101),
            .noUsableKey, .noIDToken, .noLogout,
        ])
    func descriptions(fault: ProviderFault) {
        #expect(!fault.description.contains("\n") && fault.description.count > 20)
    }
}
