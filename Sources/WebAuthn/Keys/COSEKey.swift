/// The parameters of a credential public key (COSE_Key, RFC 9052 §7), each of its right kind and length; whether they are a key is for
/// ``CredentialPublicKey`` to say.
enum COSEKey: Hashable, Sendable {
    /// Big-endian coordinates, as long as the curve's field (RFC 9053 §7.1.1).
    case ec2(Curve, x: [UInt8], y: [UInt8])
    /// RFC 8032 §5.1.2.
    case ed25519([UInt8])
    /// Big-endian without leading zeros (RFC 8230 §4).
    case rsa(n: [UInt8], e: [UInt8])

    enum Curve: Int64, Sendable {
        case p256 = 1
        case p384 = 2
        case p521 = 3

        /// Octets of a coordinate.
        var size: Int {
            switch self {
            case .p256: 32
            case .p384: 48
            case .p521: 66
            }
        }
    }

    /// Bits of an RSA modulus. Below, it is too weak; above, a verification takes long.
    static let modulusSizes = 2_048...8_192
    /// Octets of an RSA exponent; everybody's is 65537.
    static let maximumExponentLength = 4

    var algorithm: COSEAlgorithm {
        switch self {
        case .ec2(.p256, _, _): .es256
        case .ec2(.p384, _, _): .es384
        case .ec2(.p521, _, _): .es512
        case .ed25519: .edDSA
        case .rsa: .rs256
        }
    }

    init(_ item: CBOR) throws(PublicKeyError) {
        guard case .map(let parameters) = item, case .integer(let type) = parameters[Label.type],
            case .integer(let number) = parameters[Label.algorithm]
        else { throw .notAKey }
        guard let algorithm = COSEAlgorithm(rawValue: Int(number)) else { throw .unsupportedAlgorithm(Int(number)) }
        switch algorithm {
        case .es256: self = try Self.ec2(.p256, type, parameters, algorithm)
        case .es384: self = try Self.ec2(.p384, type, parameters, algorithm)
        case .es512: self = try Self.ec2(.p521, type, parameters, algorithm)
        case .edDSA:
            guard type == 1, parameters[Label.curve] == .integer(6) else { throw .inconsistent(algorithm) }
            guard parameters.count == 4, case .octets(let x) = parameters[Label.x], x.count == 32 else {
                throw .wrongParameters(algorithm)
            }
            self = .ed25519(x)
        case .rs256: self = try Self.rsa(type, parameters)
        }
    }

    /// The count of parameters leaves no room for others: WebAuthn allows no optional ones (L3 §6.5.1), and a private one has no
    /// business here.
    private static func ec2(
        _ curve: Curve, _ type: Int64, _ parameters: [CBOR: CBOR], _ algorithm: COSEAlgorithm
    ) throws(PublicKeyError) -> COSEKey {
        guard type == 2, parameters[Label.curve] == .integer(curve.rawValue) else { throw .inconsistent(algorithm) }
        guard parameters.count == 5, case .octets(let x) = parameters[Label.x],
            case .octets(let y) = parameters[Label.y],
            x.count == curve.size, y.count == curve.size
        else { throw .wrongParameters(algorithm) }
        return .ec2(curve, x: x, y: y)
    }

    private static func rsa(_ type: Int64, _ parameters: [CBOR: CBOR]) throws(PublicKeyError) -> COSEKey {
        guard type == 3 else { throw .inconsistent(.rs256) }
        guard parameters.count == 4, case .octets(let n) = parameters[Label.modulus],
            case .octets(let e) = parameters[Label.exponent], let first = n.first, first != 0, let top = e.first,
            top != 0,
            e.count <= maximumExponentLength
        else { throw .wrongParameters(.rs256) }
        let bits = n.count * 8 - first.leadingZeroBitCount
        guard modulusSizes.contains(bits) else { throw .modulusSize(bits) }
        return .rsa(n: n, e: e)
    }

    /// RFC 9052 §7.1, RFC 9053 §7, RFC 8230 §4.
    private enum Label {
        static let type = CBOR.integer(1)
        static let algorithm = CBOR.integer(3)
        static let curve = CBOR.integer(-1)
        static let x = CBOR.integer(-2)
        static let y = CBOR.integer(-3)
        static let modulus = CBOR.integer(-1)
        static let exponent = CBOR.integer(-2)
    }
}
