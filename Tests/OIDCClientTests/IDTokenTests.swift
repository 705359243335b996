import Crypto
import Testing

@testable import OIDCClient

struct IDTokenTests {
    @Test("a token that holds says who it was")
    func holds() throws {
        let token = Token.id.with("email", #""alice@example.test""#).with("email_verified", "true")
            .with("name", #""Alice Ä""#).with("preferred_username", #""alice""#).with("groups", #"["staff","mail"]"#)
            .with("sid", #""s-1""#).with("auth_time", "\(now.seconds - 20)").with("acr", #""gold""#)
            .with("amr", #"["pwd","mfa"]"#)
        let compact = try token.compact()
        let identity = try verify(compact)
        #expect(identity.issuer == issuerURL)
        #expect(identity.subject == "alice-1")
        #expect(identity.key == IdentityKey(issuer: issuerURL, subject: "alice-1"))
        #expect(identity.tenant == nil)
        #expect(identity.email == "alice@example.test")
        #expect(identity.emailVerified)
        #expect(identity.name == "Alice Ä")
        #expect(identity.preferredUsername == "alice")
        #expect(identity.groups == ["staff", "mail"])
        #expect(!identity.groupsOverage)
        #expect(identity.sessionID == "s-1")
        #expect(identity.authTime == now + -20)
        #expect(identity.acr == "gold")
        #expect(identity.amr == ["pwd", "mfa"])
        #expect(identity.rawIDToken == compact)
    }

    @Test("what a token does not say is not made up")
    func minimum() throws {
        let identity = try verify(Token.id.compact())
        #expect(identity.email == nil && identity.name == nil && identity.preferredUsername == nil)
        #expect(identity.sessionID == nil && identity.authTime == nil && identity.acr == nil)
        #expect(!identity.emailVerified && identity.groups.isEmpty && identity.amr.isEmpty)
    }

    @Test("a provider's configured claim lists the groups, as a list or as one text")
    func groupsClaim() throws {
        var configured = try provider()
        configured.groupsClaim = "https://example.test/roles"
        let roles = Token.id.with("https://example.test/roles", #""admin""#).with("groups", #"["other"]"#)
        #expect(try verify(roles.compact(), provider: configured).groups == ["admin"])
        let broken = Token.id.with("https://example.test/roles", #"["admin",1]"#)
        #expect(try verify(broken.compact(), provider: configured).groups.isEmpty)
    }

    @Test(
        "the claims of a token are held to what was configured and asked",
        arguments: [
            ("iss", quoted("https://id.example.test/realms/main/"), .otherIssuer),
            ("iss", quoted("https://id.example.test/realms/other"), .otherIssuer),
            ("iss", quoted("HTTPS://id.example.test/realms/main"), .otherIssuer),
            ("iss", nil, .missingClaim(.iss)),
            ("iss", "1", .malformedClaim(.iss)),
            ("aud", #""another""#, .otherAudience),
            ("aud", #"["another"]"#, .otherAudience),
            ("aud", "[]", .otherAudience),
            ("aud", #""Latchkey""#, .otherAudience),
            // The Kelvin sign, which Swift's == takes for a K, in the other direction: an audience that only looks the same.
            ("aud", #""latch\u212aey""#, .otherAudience),
            ("aud", "{}", .malformedClaim(.aud)),
            ("aud", nil, .missingClaim(.aud)),
            ("aud", #"["latchkey","another"]"#, .missingClaim(.azp)),
            ("azp", #""another""#, .otherAuthorizedParty),
            ("azp", "null", .malformedClaim(.azp)),
            ("nonce", #""another""#, .otherNonce),
            ("nonce", #""""#, .otherNonce),
            ("nonce", nil, .missingClaim(.nonce)),
            ("nonce", "true", .malformedClaim(.nonce)),
            ("exp", "\(now.seconds - 60)", .expired),
            ("exp", "0", .expired),
            ("exp", quoted("\(now.seconds + 60)"), .malformedClaim(.exp)),
            ("exp", "-1", .malformedClaim(.exp)),
            ("exp", "1e300", .malformedClaim(.exp)),
            ("exp", nil, .missingClaim(.exp)),
            ("iat", "\(now.seconds + 61)", .issuedInFuture),
            ("iat", "\(now.seconds - 661)", .issuedTooLongAgo),
            ("iat", nil, .missingClaim(.iat)),
            ("nbf", "\(now.seconds + 61)", .notYetValid),
            ("nbf", #""soon""#, .malformedClaim(.nbf)),
            ("sub", nil, .missingClaim(.sub)),
            ("sub", #""""#, .malformedClaim(.sub)),
            ("sub", quoted(String(repeating: "a", count: 256)), .malformedClaim(.sub)),
            ("sub", #""älice""#, .malformedClaim(.sub)),
            ("sub", #""a\nb""#, .malformedClaim(.sub)),
            ("sub", "17", .malformedClaim(.sub)),
            ("sid", #""\u0000""#, .malformedClaim(.sid)),
            ("amr", #"[1]"#, .malformedClaim(.amr)),
            ("_claim_names", "[]", .malformedClaim(.claimNames)),
        ] as [(String, String?, TokenFault)])
    func hostileClaims(claim: String, value: String?, fault: TokenFault) throws {
        let token = try Token.id.with(claim, value).compact()
        #expect(throws: fault) { try verify(token) }
    }

    @Test(
        "clocks may be a minute apart",
        arguments: [
            ("exp", now.seconds - 59), ("iat", now.seconds + 60), ("iat", now.seconds - 660), ("nbf", now.seconds + 60),
        ])
    func skew(claim: String, seconds: Int64) throws {
        #expect(throws: Never.self) { try verify(Token.id.with(claim, "\(seconds)").compact()) }
        #expect(throws: Never.self) { try verify(Token.id.with(claim, "\(seconds).5").compact()) }
    }

    @Test("several audiences are taken if the token was issued to us")
    func severalAudiences() throws {
        let token = Token.id.with("aud", #"["other","latchkey"]"#).with("azp", #""latchkey""#)
        #expect(throws: Never.self) { try verify(token.compact()) }
        #expect(throws: TokenFault.otherAuthorizedParty) { try verify(token.with("azp", #""other""#).compact()) }
    }

    @Test(
        "an address counts as verified only if the provider says so",
        arguments: ["false", "1", #""yes""#, "null", "[true]"])
    func unverifiedEmail(value: String) throws {
        let token = Token.id.with("email", #""alice@example.test""#).with("email_verified", value)
        #expect(try !verify(token.compact()).emailVerified)
    }

    @Test("a name that is no line is left out and refuses nobody", arguments: [#""a\r\nb""#, "17", #""""#, "{}"])
    func namesThatAreNoLines(value: String) throws {
        #expect(try verify(Token.id.with("name", value).compact()).name == nil)
        #expect(try verify(Token.id.with("name", quoted(String(repeating: "x", count: 256))).compact()).name == nil)
    }

    @Test("an access token must be the one that the ID token names (OIDC Core A.3)")
    func accessTokenHash() throws {
        let accessToken = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
        let token = try Token.id.with("at_hash", #""77QmUPtjPfzWtF2AnpK9RQ""#).compact()
        #expect(throws: Never.self) { try verify(token, accessToken: accessToken) }
        #expect(throws: Never.self) { try verify(token) }
        #expect(throws: TokenFault.otherAccessToken) { try verify(token, accessToken: accessToken + "x") }
        let empty = try Token.id.with("at_hash", #""""#).compact()
        #expect(throws: TokenFault.otherAccessToken) { try verify(empty, accessToken: accessToken) }
    }

    @Test("a fresh sign-in that was asked for must have happened")
    func authenticationTime() throws {
        // The request was made thirty seconds ago, and clocks may be a minute apart.
        #expect(throws: Never.self) {
            try verify(Token.id.with("auth_time", "\(now.seconds - 90)").compact(), maximumAge: 0)
        }
        #expect(throws: TokenFault.authenticationTooOld) {
            try verify(Token.id.with("auth_time", "\(now.seconds - 91)").compact(), maximumAge: 0)
        }
        #expect(throws: Never.self) {
            try verify(Token.id.with("auth_time", "\(now.seconds - 390)").compact(), maximumAge: 300)
        }
        #expect(throws: TokenFault.authenticationTooOld) {
            try verify(Token.id.with("auth_time", "\(now.seconds - 391)").compact(), maximumAge: 300)
        }
        // One who does not say proves who it is, and nothing about when.
        #expect(try verify(Token.id.compact(), maximumAge: 0).authTime == nil)
        #expect(throws: TokenFault.malformedClaim(.authTime)) {
            try verify(Token.id.with("auth_time", "null").compact(), maximumAge: 0)
        }
        #expect(throws: TokenFault.issuedInFuture) {
            try verify(Token.id.with("auth_time", "\(now.seconds + 61)").compact(), maximumAge: 0)
        }
        // Not asked about, it is no fresher for being told of tomorrow.
        #expect(throws: TokenFault.issuedInFuture) {
            try verify(Token.id.with("auth_time", "\(now.seconds + 86_400)").compact())
        }
        #expect(throws: Never.self) {
            try verify(Token.id.with("auth_time", "1").compact(), maximumAge: .max)
        }
    }
}
