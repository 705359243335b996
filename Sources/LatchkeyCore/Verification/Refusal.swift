/// Why an attempt was refused. For the audit log and the owner only: a peer outside learns yes or no (or, if it
/// `isTemporary`, its protocol's "try again later").
public enum Refusal: String, CaseIterable, Error, Sendable {
    /// The question itself is broken: no name, no secret, no service, or one too long.
    case malformed
    /// The secret has the shape of an app password, but its check letter does not fit.
    case mistyped
    /// No such app password for this account, or no such account.
    case unknown
    case revoked
    case expired
    case serviceNotAllowed = "service-not-allowed"
    case networkNotAllowed = "network-not-allowed"
    case accountDisabled = "account-disabled"
    /// The portal's own password was used where an app password belongs.
    case portalPasswordUsed = "portal-password-used"
    /// Too many different wrong secrets; this one was wrong too.
    case throttled
    case policy
    /// The right app password from a network that its owner has yet to say yes to (`sign-in.first-use-approval`). Never told as
    /// "wrong password": an app that is told so asks its user for another one, or forgets the right one.
    case awaitingApproval = "awaiting-approval"
    /// The question could not be answered now. Never told as "wrong password".
    case unavailable

    /// The same words for every refusal, so that a peer cannot tell a wrong password from a revoked one.
    public static let wireText = "Authentication failed"
    public static let unavailableWireText = "Temporary authentication failure"

    /// Whether the peer gets its protocol's temporary code.
    public var isTemporary: Bool { self == .unavailable || self == .awaitingApproval }

    /// Whether it counts as guessing. An old secret does not: a forgotten phone must not lock its owner out. Nor does a
    /// slip of the finger, which no real secret can look like.
    public var countsAsGuess: Bool {
        switch self {
        case .unknown, .portalPasswordUsed, .throttled: true
        case .malformed, .mistyped, .revoked, .expired, .serviceNotAllowed, .networkNotAllowed, .accountDisabled,
            .policy, .awaitingApproval, .unavailable:
            false
        }
    }
}
