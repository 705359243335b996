import Crypto
import CryptoExtras

/// A public key of a provider, for checking signatures (RFC 7517, RFC 7518 §6, RFC 8037 §2).
struct VerificationKey: Sendable {
    /// Of an RSA modulus, in bits: from what RFC 7518 §3.3 demands to what can be checked in a millisecond.
    static let modulusBits = 2048...8192
    /// Of an RSA exponent, in octets. Everybody's is 65537; a long one would only make checking slow.
    static let maximumExponentLength = 4

    /// `kid`.
    let id: String?
    /// What Entra says of each key: for which tenants it speaks.
    let issuer: String?
    /// The only algorithm it may be used with, if its `alg` says so.
    private let algorithm: SignatureAlgorithm?
    private let material: Material

    private enum Material {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    /// Nil for a key of another kind or another use, and for one that is broken or weak: a key set may hold keys that are not for us.
    init?(_ members: [String: JSONValue]) {
        if let use = members["use"] { guard use.string == "sig" else { return nil } }
        if let operations = members["key_ops"] {
            guard operations.array?.contains(.string("verify")) == true else { return nil }
        }
        guard let material = Self.material(members) else { return nil }
        self.material = material
        if let name = members["alg"] {
            guard let algorithm = name.string.flatMap(SignatureAlgorithm.init) else { return nil }
            self.algorithm = algorithm
        } else {
            algorithm = nil
        }
        id = members["kid"]?.string
        issuer = members["issuer"]?.string
    }

    /// Whether it may be asked about signatures by `algorithm`: the kind of key is the key's, not the token's, to say.
    func serves(_ algorithm: SignatureAlgorithm) -> Bool {
        keyType == algorithm.keyType && (self.algorithm ?? algorithm) == algorithm
    }

    private var keyType: SignatureAlgorithm.KeyType {
        switch material {
        case .rsa: .rsa
        case .p256: .p256
        case .p384: .p384
        case .ed25519: .ed25519
        }
    }

    /// Whether `signature` is this key's, over `octets`, by `algorithm`.
    func isValid(_ signature: [UInt8], over octets: [UInt8], by algorithm: SignatureAlgorithm) -> Bool {
        switch (material, algorithm) {
        case (.rsa(let key), .rs256):
            key.isValidSignature(
                .init(rawRepresentation: signature), for: SHA256.hash(data: octets), padding: .insecurePKCS1v1_5)
        case (.rsa(let key), .rs384):
            key.isValidSignature(
                .init(rawRepresentation: signature), for: SHA384.hash(data: octets), padding: .insecurePKCS1v1_5)
        case (.rsa(let key), .rs512):
            key.isValidSignature(
                .init(rawRepresentation: signature), for: SHA512.hash(data: octets), padding: .insecurePKCS1v1_5)
        case (.rsa(let key), .ps256):
            key.isValidSignature(.init(rawRepresentation: signature), for: SHA256.hash(data: octets), padding: .PSS)
        case (.p256(let key), .es256):
            // A signature of another length cannot be read: it is not valid, and no more can be said (RFC 7518 §3.4).
            (try? P256.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.isValidSignature($0, for: octets)
            } ?? false
        case (.p384(let key), .es384):
            // As above.
            (try? P384.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.isValidSignature($0, for: octets)
            } ?? false
        case (.ed25519(let key), .edDSA): key.isValidSignature(signature, for: octets)
        default: false
        }
    }

    private static func material(_ members: [String: JSONValue]) -> Material? {
        switch (members["kty"]?.string, members["crv"]?.string) {
        case ("RSA", _): rsa(members)
        case ("EC", "P-256"):
            point(members, length: 32).flatMap { point in
                // A point that is not on the curve makes no key; why, nobody needs to know.
                (try? P256.Signing.PublicKey(rawRepresentation: point)).map(Material.p256)
            }
        case ("EC", "P-384"):
            point(members, length: 48).flatMap { point in
                // As above.
                (try? P384.Signing.PublicKey(rawRepresentation: point)).map(Material.p384)
            }
        case ("OKP", "Ed25519"):
            octets("x", of: members).flatMap { point in
                // As above.
                (try? Curve25519.Signing.PublicKey(rawRepresentation: point)).map(Material.ed25519)
            }
        default: nil
        }
    }

    private static func rsa(_ members: [String: JSONValue]) -> Material? {
        guard let modulus = octets("n", of: members)?.drop(while: { $0 == 0 }),
            let exponent = octets("e", of: members)?.drop(while: { $0 == 0 }),
            let leading = modulus.first, let last = exponent.last
        else { return nil }
        let bits = modulus.count * 8 - leading.leadingZeroBitCount
        guard modulusBits.contains(bits), exponent.count <= maximumExponentLength, last & 1 == 1,
            exponent.count > 1 || last >= 3
        else { return nil }
        // A modulus that the library does not like makes no key.
        return (try? _RSA.Signing.PublicKey(n: Array(modulus), e: Array(exponent))).map(Material.rsa)
    }

    /// The coordinates of a point, each of the curve's whole length (RFC 7518 §6.2.1.2).
    private static func point(_ members: [String: JSONValue], length: Int) -> [UInt8]? {
        guard let x = octets("x", of: members), let y = octets("y", of: members), x.count == length, y.count == length
        else { return nil }
        return x + y
    }

    private static func octets(_ name: String, of members: [String: JSONValue]) -> [UInt8]? {
        members[name]?.string.flatMap { Base64URL.decode($0.utf8) }
    }
}
