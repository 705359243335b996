public import LatchkeyCore

extension AuditEvent {
    /// The detail of a `portal.sign-in` that only took a password so far.
    static let firstHalf = "password accepted, second factor wanted"

    /// Somebody is signed in to the portal from this event on.
    public var completesPortalSignIn: Bool { action == .portalSignIn && refusal == nil && detail != Self.firstHalf }
}
