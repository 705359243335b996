/// A signature algorithm of the IANA registry "COSE Algorithms" that this library verifies. ES256, ES384 and ES512 mean P-256, P-384
/// and P-521, and EdDSA means Ed25519, as WebAuthn narrows them (L3 §5.8.5).
public enum COSEAlgorithm: Int, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case edDSA = -8
    case es256 = -7
    case rs256 = -257
    case es384 = -35
    case es512 = -36

    public var description: String { Self.name(of: rawValue) }

    /// The registry's name with its number, also of algorithms that are not verified here: `Ed448 (-53)`.
    public static func name(of number: Int) -> String {
        names[number].map { "\($0) (\(number))" } ?? String(number)
    }

    private static let names: [Int: String] = [
        -7: "ES256", -8: "EdDSA", -9: "ESP256", -19: "Ed25519", -35: "ES384", -36: "ES512", -37: "PS256", -38: "PS384",
        -39: "PS512", -47: "ES256K", -48: "ML-DSA-44", -49: "ML-DSA-65", -50: "ML-DSA-87", -51: "ESP384", -52: "ESP512",
        -53: "Ed448", -257: "RS256", -258: "RS384", -259: "RS512", -65_535: "RS1",
    ]
}
