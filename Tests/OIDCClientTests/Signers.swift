import Crypto
import CryptoExtras

@testable import OIDCClient

/// A provider's private key, to make tokens with, honest ones and others.
struct Signer: Sendable {
    enum Key: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    let algorithm: String
    var keyID: String?
    let key: Key

    /// Made once: an RSA key takes its time.
    static let rsa = Signer(algorithm: "RS256", keyID: "rsa", key: .rsa(newRSA()))
    static let otherRSA = Signer(algorithm: "RS256", keyID: "rsa", key: .rsa(newRSA()))
    static let p256 = Signer(algorithm: "ES256", keyID: "p256", key: .p256(P256.Signing.PrivateKey()))
    static let p384 = Signer(algorithm: "ES384", keyID: "p384", key: .p384(P384.Signing.PrivateKey()))
    static let ed25519 = Signer(algorithm: "EdDSA", keyID: "ed", key: .ed25519(Curve25519.Signing.PrivateKey()))

    private static func newRSA() -> _RSA.Signing.PrivateKey {
        // A test that cannot make a key can only stop.
        guard let key = try? _RSA.Signing.PrivateKey(keySize: .bits2048) else { fatalError("no RSA key") }
        return key
    }

    func named(_ keyID: String?) -> Signer {
        Signer(algorithm: algorithm, keyID: keyID, key: key)
    }

    func signature(over text: String) throws -> [UInt8] {
        let octets = Array(text.utf8)
        return switch (key, algorithm) {
        case (.rsa(let key), "RS384"):
            Array(try key.signature(for: SHA384.hash(data: octets), padding: .insecurePKCS1v1_5).rawRepresentation)
        case (.rsa(let key), "PS256"):
            Array(try key.signature(for: SHA256.hash(data: octets), padding: .PSS).rawRepresentation)
        case (.rsa(let key), _):
            Array(try key.signature(for: SHA256.hash(data: octets), padding: .insecurePKCS1v1_5).rawRepresentation)
        case (.p256(let key), _): Array(try key.signature(for: octets).rawRepresentation)
        case (.p384(let key), _): Array(try key.signature(for: octets).rawRepresentation)
        case (.ed25519(let key), _): Array(try key.signature(for: octets))
        }
    }

    /// The public key as a JWK, with `extra` members of raw JSON.
    func jwk(_ extra: [String: String] = ["use": #""sig""#]) throws -> String {
        var members = extra
        if let keyID { members["kid"] = quoted(keyID) }
        switch key {
        case .rsa(let key):
            let parts = try key.publicKey.getKeyPrimitives()
            members["kty"] = #""RSA""#
            members["n"] = quoted(Base64URL.encode(parts.modulus))
            members["e"] = quoted(Base64URL.encode(parts.publicExponent))
        case .p256(let key): addPoint(Array(key.publicKey.rawRepresentation), "P-256", to: &members)
        case .p384(let key): addPoint(Array(key.publicKey.rawRepresentation), "P-384", to: &members)
        case .ed25519(let key):
            members["kty"] = #""OKP""#
            members["crv"] = #""Ed25519""#
            members["x"] = quoted(Base64URL.encode(key.publicKey.rawRepresentation))
        }
        return json(members)
    }

    private func addPoint(_ point: [UInt8], _ curve: String, to members: inout [String: String]) {
        members["kty"] = #""EC""#
        members["crv"] = quoted(curve)
        members["x"] = quoted(Base64URL.encode(point.prefix(point.count / 2)))
        members["y"] = quoted(Base64URL.encode(point.suffix(point.count / 2)))
    }
}

func quoted(_ text: String) -> String { "\"\(text)\"" }

/// An object of members in raw JSON.
func json(_ members: [String: String]) -> String {
    "{" + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
}

func keySetText(_ signers: Signer...) throws -> String {
    #"{"keys":["# + (try signers.map { try $0.jwk() }).joined(separator: ",") + "]}"
}

func keySet(_ signers: Signer...) throws -> KeySet {
    try KeySet(Array((#"{"keys":["# + (try signers.map { try $0.jwk() }).joined(separator: ",") + "]}").utf8))
}
