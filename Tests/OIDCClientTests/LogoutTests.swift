import Testing

@testable import OIDCClient

struct LogoutTests {
    private func verify(_ token: Token) throws -> LogoutNotice {
        try LogoutTokenVerification(rules: TokenRules(provider: provider(), now: now))
            .notice(from: token.compact(), keys: keySet(.p256, .rsa))
    }

    @Test("a logout token that holds says whom to sign out")
    func holds() throws {
        let notice = try verify(.logout)
        #expect(notice.issuer == issuerURL && notice.subject == "alice-1" && notice.sessionID == "session-1")
        #expect(try verify(Token.logout.with("sub", nil)).subject == nil)
        #expect(try verify(Token.logout.with("sid", nil)).sessionID == nil)
    }

    @Test("providers from before the type was agreed on are heard", arguments: [nil, #""JWT""#, #""Logout+JWT""#])
    func types(type: String?) throws {
        #expect(throws: Never.self) { try verify(Token.logout.withHeader("typ", type)) }
    }

    @Test(
        "what is no logout token for us signs nobody out",
        arguments: [
            ("nonce", quoted(nonce), .nonceInLogoutToken),
            ("nonce", "null", .nonceInLogoutToken),
            ("events", nil, .notALogoutEvent),
            ("events", "{}", .notALogoutEvent),
            ("events", #"{"http://schemas.openid.net/event/backchannel-logout":true}"#, .notALogoutEvent),
            ("events", #"{"http://schemas.openid.net/event/other":{}}"#, .notALogoutEvent),
            ("events", #"["http://schemas.openid.net/event/backchannel-logout"]"#, .malformedClaim(.events)),
            ("iss", quoted("https://evil.test"), .otherIssuer),
            ("aud", #""another""#, .otherAudience),
            ("azp", #""another""#, .otherAuthorizedParty),
            ("jti", nil, .missingClaim(.jti)),
            ("jti", "1", .malformedClaim(.jti)),
            ("iat", nil, .missingClaim(.iat)),
            ("iat", "\(now.seconds - 661)", .issuedTooLongAgo),
            ("iat", "\(now.seconds + 61)", .issuedInFuture),
            ("exp", nil, .missingClaim(.exp)),
            ("exp", "\(now.seconds - 60)", .expired),
            ("sub", #""""#, .malformedClaim(.sub)),
            ("sid", "7", .malformedClaim(.sid)),
        ] as [(String, String?, TokenFault)])
    func refused(claim: String, value: String?, fault: TokenFault) {
        #expect(throws: fault) { try verify(Token.logout.with(claim, value)) }
    }

    @Test("a logout token for nobody is refused")
    func nobody() {
        #expect(throws: TokenFault.nobodyToLogOut) { try verify(Token.logout.with("sub", nil).with("sid", nil)) }
    }

    @Test("signatures are held to the same rules as those of ID tokens")
    func signatures() throws {
        #expect(throws: TokenFault.badSignature) { try verify(Token.logout.signed(by: .otherRSA)) }
        #expect(throws: TokenFault.algorithmNotAllowed) { try verify(Token.logout.withHeader("alg", #""none""#)) }
        #expect(throws: TokenFault.otherType) { try verify(Token.logout.withHeader("typ", #""at+jwt""#)) }
    }

    @Test("an ID token is no logout token, and a logout token no ID token")
    func confusion() throws {
        #expect(throws: TokenFault.nonceInLogoutToken) { try verify(.id) }
        let logout = try Token.logout.withHeader("typ", nil).compact()
        #expect(throws: TokenFault.missingClaim(.nonce)) { try OIDCClientTests.verify(logout) }
    }

    @Test("the URL for signing out names us, and who it is unless that is too long")
    func logoutURL() throws {
        let target = "https://keys.example.test/signed-out"
        var request = try LogoutRequest(idTokenHint: Confidential("a.b.c"), postLogoutRedirectURI: target, state: "x")
        let fields = try request.fields(for: provider())
        #expect(fields.map(\.name) == ["client_id", "id_token_hint", "post_logout_redirect_uri", "state"])
        #expect(fields.map(\.value) == ["latchkey", "a.b.c", target, "x"])
        request.idTokenHint = Confidential(String(repeating: "a", count: 4097))
        #expect(try request.fields(for: provider()).map(\.name) == ["client_id", "post_logout_redirect_uri", "state"])
        #expect(throws: ConfigurationFault.redirectURI) {
            try LogoutRequest(idTokenHint: nil, postLogoutRedirectURI: "javascript:x")
        }
    }
}
