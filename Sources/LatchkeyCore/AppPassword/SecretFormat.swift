/// The shape of an app password's secret. Every shape carries a check, so that a typing mistake is told from a wrong secret
/// without a look-up.
public enum SecretFormat: String, CaseIterable, Sendable {
    /// 25 lower-case letters in five groups: 24 random (112.8 bits) and a check letter.
    case standard
    /// 16 lower-case letters in four groups: 15 random (70.5 bits) and a check letter, for devices with short fields.
    case compact
    /// `lk_`, 24 random base62 characters (142.9 bits) and a 6-character CRC-32, for scripts and secret scanners.
    case token

    /// Letters of a whole secret, check letter included; nil for `token`.
    var letters: Int? {
        switch self {
        case .standard: 25
        case .compact: 16
        case .token: nil
        }
    }

    var groupLength: Int { self == .standard ? 5 : 4 }
}
