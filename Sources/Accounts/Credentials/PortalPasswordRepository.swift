public import Keyring
public import LatchkeyCore

/// A portal password as it is kept.
public struct StoredPassword: Hashable, Sendable {
    public let hash: PasswordHash
    public let set: Timestamp

    public init(hash: PasswordHash, set: Timestamp) {
        self.hash = hash
        self.set = set
    }
}

/// Portal passwords as they are kept. Each change is durable when the call returns, together with its audit event.
public protocol PortalPasswordRepository: Sendable {
    func password(of account: AccountID) async throws -> StoredPassword?
    /// Puts `new` in the place of `old` and ends all sessions of the account but `kept`. False, and nothing changed, if
    /// the password is another one by now.
    func replace(
        _ old: PasswordHash, by new: StoredPassword, of account: AccountID, keeping kept: Identifier<Session>,
        event: AuditEvent
    ) async throws -> Bool
    /// Adds the first password of the session's account, if the session is still signed in and there is a passkey.
    func add(_ new: StoredPassword, in session: Session, event: AuditEvent) async throws -> PasswordAddition
    /// Sets the password, whatever there was, and ends all sessions of the account.
    func set(_ new: StoredPassword, of account: AccountID, event: AuditEvent) async throws
    /// The same password hashed at today's cost; does nothing if the password is another one by now.
    func rehash(_ old: PasswordHash, as new: PasswordHash, of account: AccountID) async throws
}
