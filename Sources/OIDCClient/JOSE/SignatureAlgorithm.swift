/// The signature algorithms that are taken (RFC 7518 §3.1, RFC 8037, RFC 9864). That is all of the allow-list: `none` and the HMACs, whose key
/// would be a public one, cannot even be named.
enum SignatureAlgorithm: Hashable, Sendable, CaseIterable {
    case rs256, rs384, rs512, ps256, es256, es384, edDSA

    /// The name in the header parameter `alg`, case-sensitive.
    init?(_ name: String) {
        switch name {
        case "RS256": self = .rs256
        case "RS384": self = .rs384
        case "RS512": self = .rs512
        case "PS256": self = .ps256
        case "ES256": self = .es256
        case "ES384": self = .es384
        case "EdDSA", "Ed25519": self = .edDSA
        default: return nil
        }
    }

    /// The hash that `at_hash` is made with (OIDC Core §3.1.3.6); for EdDSA the one inside Ed25519.
    var hash: Hash {
        switch self {
        case .rs256, .ps256, .es256: .sha256
        case .rs384, .es384: .sha384
        case .rs512, .edDSA: .sha512
        }
    }

    enum Hash {
        case sha256, sha384, sha512
    }

    /// What kind of key it needs.
    var keyType: KeyType {
        switch self {
        case .rs256, .rs384, .rs512, .ps256: .rsa
        case .es256: .p256
        case .es384: .p384
        case .edDSA: .ed25519
        }
    }

    enum KeyType: Hashable, Sendable {
        case rsa, p256, p384, ed25519
    }
}
