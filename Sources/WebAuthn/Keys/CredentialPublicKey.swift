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
            // A point that is not on its curve is refused here.
            case .ec2(.p256, let x, let y): key = .es256(try P256.Signing.PublicKey(x963Representation: [4] + x + y))
            case .ec2(.p384, let x, let y): key = .es384(try P384.Signing.PublicKey(x963Representation: [4] + x + y))
            case .ec2(.p521, let x, let y): key = .es512(try P521.Signing.PublicKey(x963Representation: [4] + x + y))
            case .ed25519(let x):
                guard Ed25519Point.isPlausible(x) else { throw PublicKeyError.invalid(.edDSA) }
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

/// What can be said of an Ed25519 public key without the curve's arithmetic. That it is a point at all is found out by the first signature,
/// which can't be right if it is none.
private enum Ed25519Point {
    /// Canonical (RFC 8032 §5.1.3), and none of the points of small order, for which anybody can make signatures.
    static func isPlausible(_ octets: [UInt8]) -> Bool {
        guard octets.count == 32 else { return false }
        var y = octets
        y[31] &= 0x7f
        // Below p = 2^255 - 19. Numbers are little-endian.
        let isCanonical = y[31] < 0x7f || y[1...30].contains { $0 != 0xff } || y[0] < 0xed
        return isCanonical && !smallOrders.contains(y)
    }

    /// The y-coordinates of the eight points whose order divides 8: 0, 1, p - 1, and the two of order 8.
    private static let smallOrders: [[UInt8]] = [
        [UInt8](repeating: 0, count: 32),
        [1] + [UInt8](repeating: 0, count: 31),
        [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f],
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
            0xac,
            0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
            0x53,
            0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
        ],
    ]
}
