@testable import OIDCClient

/// The moment at which the tests happen.
let now = NumericDate(seconds: 1_800_000_000)

let nonce = "the-nonce-of-this-request"
let issuerURL = "https://id.example.test/realms/main"
let redirectURI = "https://keys.example.test/oidc/callback"

/// A token in the making: header and claims in raw JSON, so that a test can say anything in them.
struct Token {
    var header: [String: String] = ["typ": #""JWT""#]
    var claims: [String: String]
    var signer = Signer.p256

    /// An ID token that holds.
    static var id: Token {
        Token(claims: [
            "iss": quoted(issuerURL), "sub": #""alice-1""#, "aud": #""latchkey""#, "nonce": quoted(nonce),
            "iat": "\(now.seconds - 1)", "exp": "\(now.seconds + 299)",
        ])
    }

    /// A logout token that holds.
    static var logout: Token {
        Token(
            header: ["typ": #""logout+jwt""#],
            claims: [
                "iss": quoted(issuerURL), "sub": #""alice-1""#, "aud": #""latchkey""#, "jti": #""notice-1""#,
                "iat": "\(now.seconds - 1)", "exp": "\(now.seconds + 119)", "sid": #""session-1""#,
                "events": #"{"http://schemas.openid.net/event/backchannel-logout":{}}"#,
            ])
    }

    /// The token with a claim in raw JSON, or without it.
    func with(_ claim: String, _ value: String?) -> Token {
        var token = self
        token.claims[claim] = value
        return token
    }

    func withHeader(_ parameter: String, _ value: String?) -> Token {
        var token = self
        token.header[parameter] = value
        return token
    }

    func signed(by signer: Signer) -> Token {
        var token = self
        token.signer = signer
        return token
    }

    func compact() throws -> Confidential {
        try Token.compact(header: wholeHeader, payload: json(claims), signer: signer)
    }

    var wholeHeader: String {
        var header = header
        header["alg"] = header["alg"] ?? quoted(signer.algorithm)
        if let keyID = signer.keyID { header["kid"] = header["kid"] ?? quoted(keyID) }
        return json(header)
    }

    static func compact(header: String, payload: String, signer: Signer) throws -> Confidential {
        let input = "\(Base64URL.encode(header.utf8)).\(Base64URL.encode(payload.utf8))"
        return Confidential("\(input).\(Base64URL.encode(try signer.signature(over: input)))")
    }
}

func provider(_ issuer: Issuer? = nil, _ authentication: ClientAuthentication = .basic(Confidential("s3cret"))) throws
    -> Provider
{
    try Provider(issuer: issuer ?? Issuer(issuerURL), clientID: "latchkey", authentication: authentication)
}

func pending(
    issuer: String = issuerURL, maximumAge: Int64? = nil, started: NumericDate = now + -30
) -> PendingAuthorization {
    PendingAuthorization(
        issuer: issuer, redirectURI: redirectURI, state: Confidential("the-state"), nonce: Confidential(nonce),
        codeVerifier: Confidential("the-code-verifier"), maximumAge: maximumAge, started: started)
}

/// Verifies as the relying party does.
func verify(
    _ token: Confidential, keys: KeySet? = nil, provider configured: Provider? = nil, maximumAge: Int64? = nil,
    accessToken: String? = nil
) throws -> Identity {
    try IDTokenVerification(
        rules: TokenRules(provider: configured ?? provider(), now: now), pending: pending(maximumAge: maximumAge),
        accessToken: accessToken.map(Confidential.init)
    ).identity(from: token, keys: keys ?? keySet(.p256, .rsa))
}
