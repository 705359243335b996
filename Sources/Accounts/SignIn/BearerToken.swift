import Crypto
import LatchkeyCore

/// What a cookie or a setup link carries: 43 base64url characters of 258 random bits. Only its SHA-256 is kept, which is enough
/// for a secret of this length (ASVS 6.5.2).
enum BearerToken {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static let length = 43

    static func generate(using rng: inout some RandomNumberGenerator) -> Secret {
        Secret((0..<length).map { _ in digits[Int.random(in: 0..<64, using: &rng)] })
    }

    /// Whether it looks like one, wherever it comes from.
    static func isOne(_ token: Secret) -> Bool {
        token.count == length && token.withBytes { $0.allSatisfy(digits.contains) }
    }

    static func hash(_ token: Secret) -> [UInt8] {
        token.withBytes { Array(SHA256.hash(data: $0)) }
    }
}
