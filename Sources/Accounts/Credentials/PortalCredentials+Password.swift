import Keyring
public import LatchkeyCore

/// The answer to a first password.
public enum PasswordAddition: Hashable, Sendable {
    case added
    /// There is one already, which somebody who knows it changes.
    case exists
    /// There is no passkey (`WaysToSignIn.mayAddPassword`), or no longer.
    case noPasskey
    /// The session has ended, or its account is disabled.
    case ended
}

extension PortalCredentials {
    /// Gives a password to an account that has none. A second step follows it, as it follows every password: what there is, at least the
    /// passkey. Other sessions stay, as when any other way is added. Throws `StepUpRequired` unless the session is fresh, and `InvalidInput`
    /// for the field `password` if it will not do.
    public func addPassword(_ new: Secret, in session: Session, from origin: Origin) async throws -> PasswordAddition {
        let time = now()
        guard session.isFresh(at: time), let account = try await accounts.account(session.account) else {
            throw StepUpRequired()
        }
        // Before the slow hash; what is written asks again.
        let ways = try await ways(of: account.id)
        guard ways.passwordSet == nil else { return .exists }
        guard ways.mayAddPassword else { return .noPasskey }
        try PasswordRule(for: account).check(new)
        return try await passwords.add(
            StoredPassword(hash: try await hasher.hash(new), set: time), in: session,
            event: origin.event(.portalPasswordAdded, at: time, of: account.id))
    }
}
