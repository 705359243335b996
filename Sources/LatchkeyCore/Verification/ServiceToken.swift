import Crypto

/// The bearer token of a relying service: `lks_` and 43 base64url characters of 256 random bits. Only its SHA-256 is kept, which
/// is enough for a secret of this length (ASVS 6.5.2).
public enum ServiceToken {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    public static func generate(using rng: inout some RandomNumberGenerator) -> Secret {
        Secret(Array("lks_".utf8) + (0..<43).map { _ in digits[Int.random(in: 0..<64, using: &rng)] })
    }

    public static func hash(_ token: Secret) -> [UInt8] {
        token.withBytes { Array(SHA256.hash(data: $0)) }
    }
}
