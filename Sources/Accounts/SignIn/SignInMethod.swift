/// What somebody has shown in a session to prove who they are, in the order in which they did.
public enum SignInMethod: String, CaseIterable, Sendable {
    case password
    case oneTimeCode = "one-time-code"
    case recoveryCode = "recovery-code"
    case mailedCode = "mailed-code"
    case passkey
    case securityKey = "security-key"
    /// A link from an administrator, in the place of a password.
    case setupLink = "setup-link"
    /// The word of an identity provider that told of one factor, or of none.
    case sso
    /// The word of an identity provider that told of several.
    case ssoMultiFactor = "sso-multi-factor"
}

/// How sure it is that a session is its account's own person (NIST SP 800-63B-4 §2). A code by mail makes it no surer: e-mail is no authenticator there.
public enum Assurance: Int, Comparable, Sendable {
    case singleFactor
    case multiFactor
    /// With a passkey or security key, which answers to no other site.
    case phishingResistant

    public init(_ methods: [SignInMethod]) {
        if methods.contains(.passkey) || methods.contains(.securityKey) {
            self = .phishingResistant
        } else if methods.contains(.oneTimeCode) || methods.contains(.recoveryCode) || methods.contains(.ssoMultiFactor)
        {
            self = .multiFactor
        } else {
            self = .singleFactor
        }
    }

    public static func < (left: Assurance, right: Assurance) -> Bool { left.rawValue < right.rawValue }
}
