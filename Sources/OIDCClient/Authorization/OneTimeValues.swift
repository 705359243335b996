import Crypto

/// What one authorization request needs that nobody can guess: `state`, `nonce` and the PKCE code verifier, 256 bits each.
public struct OneTimeValues: Sendable {
    /// Octets behind each of them: 43 characters, the shortest code verifier that RFC 7636 §4.1 allows.
    static let length = 32

    let state: Confidential
    let nonce: Confidential
    let codeVerifier: Confidential

    /// `rng` must be a cryptographic one, such as `SystemRandomNumberGenerator`.
    public init(using rng: inout some RandomNumberGenerator) {
        state = Self.value(using: &rng)
        nonce = Self.value(using: &rng)
        codeVerifier = Self.value(using: &rng)
    }

    private static func value(using rng: inout some RandomNumberGenerator) -> Confidential {
        Confidential(Base64URL.encode((0..<length).map { _ in UInt8.random(in: .min ... .max, using: &rng) }))
    }
}

extension Confidential {
    /// The code challenge of a code verifier by the method S256 (RFC 7636 §4.2).
    var codeChallenge: String {
        Base64URL.encode(SHA256.hash(data: Array(revealed.utf8)))
    }
}
