import Crypto
import CryptoExtras

/// A credential's public key (L3 §6.5.1): of a supported algorithm, and a valid key of it.
public struct CredentialPublicKey: Sendable {
    public let algorithm: COSEAlgorithm
    let key: VerifyingKey
    let parameters: COSEKey

    /// `cose` is a COSE_Key and nothing else.
    public init(cose: [UInt8]) throws(PublicKeyError) {
        let item: CBOR
        do throws(CBORError) { item = try CBORReader.item(cose[...]) } catch { throw .malformed(error) }
        try self.init(COSEKey(item))
    }

    init(_ parameters: COSEKey) throws(PublicKeyError) {
        self.parameters = parameters
        algorithm = parameters.algorithm
        do {
            switch parameters {
            // A point that is not on its curve is refused here, but for Ed25519's.
            case .ec2(.p256, let x, let y): key = .es256(try P256.Signing.PublicKey(x963Representation: [4] + x + y))
            case .ec2(.p384, let x, let y): key = .es384(try P384.Signing.PublicKey(x963Representation: [4] + x + y))
            case .ec2(.p521, let x, let y): key = .es512(try P521.Signing.PublicKey(x963Representation: [4] + x + y))
            case .ed25519(let x):
                guard Ed25519Point.isKey(x) else { throw PublicKeyError.invalid(.edDSA) }
                key = .edDSA(try Curve25519.Signing.PublicKey(rawRepresentation: x))
            case .rsa(let n, let e):
                guard let last = e.last, last & 1 == 1, e != [1] else { throw PublicKeyError.invalid(.rs256) }
                key = .rs256(try _RSA.Signing.PublicKey(n: n, e: e))
            }
        } catch {
            throw .invalid(parameters.algorithm)
        }
    }

    /// See L3 §6.5.5 for the forms of signatures.
    public func isValid(signature: [UInt8], over message: [UInt8]) -> Bool {
        key.isValid(signature, over: message)
    }
}
