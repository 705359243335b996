import Crypto
import CryptoExtras

/// A public key that verifies signatures of one algorithm: a credential's, or an attestation certificate's.
enum VerifyingKey: Sendable {
    case es256(P256.Signing.PublicKey)
    case es384(P384.Signing.PublicKey)
    case es512(P521.Signing.PublicKey)
    case edDSA(Curve25519.Signing.PublicKey)
    case rs256(_RSA.Signing.PublicKey)

    /// Whether `signature`, in the form of L3 §6.5.5, is one over `message`: ECDSA's in strict DER with `r` and `s` in their
    /// range, Ed25519's with a canonical `S`, RSA's with the padding of PKCS #1 v1.5.
    func isValid(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        switch self {
        case .es256(let key):
            // `try?`: a signature that is no DER is a wrong one, here and below.
            guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .es384(let key):
            guard let signature = try? P384.Signing.ECDSASignature(derRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .es512(let key):
            guard let signature = try? P521.Signing.ECDSASignature(derRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .edDSA(let key):
            return key.isValidSignature(signature, for: message)
        case .rs256(let key):
            let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
            return key.isValidSignature(signature, for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
        }
    }
}
