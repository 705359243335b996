/// Why a credential public key is refused.
public enum PublicKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed(CBORError)
    /// It is no map, or `kty` or `alg` is missing.
    case notAKey
    /// The number of the registry "COSE Algorithms".
    case unsupportedAlgorithm(Int)
    /// `kty` and `crv` are not what `alg` means.
    case inconsistent(COSEAlgorithm)
    /// A parameter is missing, too many (the private ones, above all), or of a wrong kind or length.
    case wrongParameters(COSEAlgorithm)
    /// The numbers are of the right length and no key: a point off the curve or of small order, an even modulus.
    case invalid(COSEAlgorithm)
    /// Bits of an RSA modulus outside of ``COSEKey/modulusSizes``.
    case modulusSize(Int)

    public var description: String {
        switch self {
        case .malformed(let error): "the public key is malformed: \(error)"
        case .notAKey: "the public key is no COSE key"
        case .unsupportedAlgorithm(let number): "algorithm \(COSEAlgorithm.name(of: number)) is not supported"
        case .inconsistent(let algorithm): "the public key's type or curve is not that of \(algorithm)"
        case .wrongParameters(let algorithm): "the public key's parameters are not those of \(algorithm)"
        case .invalid(let algorithm): "the public key is no valid key of \(algorithm)"
        case .modulusSize(let bits): "an RSA key of \(bits) bits is not supported"
        }
    }
}
