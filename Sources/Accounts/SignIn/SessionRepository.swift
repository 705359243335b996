public import LatchkeyCore

/// Sessions as they are kept. Each change is durable when the call returns, together with its audit events.
public protocol SessionRepository: Sendable {
    /// Adds a session, removes those that ended by time, and of the account's unfinished ones all but the latest few.
    func insert(_ session: Session, tokenHash: [UInt8], event: AuditEvent) async throws
    /// As `insert`, if `proof` holds: for what signs in by itself. All in one transaction.
    func insert(
        _ session: Session, tokenHash: [UInt8], by proof: FactorProof, events: [AuditEvent]
    ) async throws -> Advance
    /// Nil if nobody bears this token or the account is disabled. The session may have ended by time.
    func session(tokenHash: [UInt8]) async throws -> Session?
    /// Notes when and where it was last seen.
    func touch(_ session: Session) async throws
    /// Puts `session` in the place of the one with its id, under a new token, if `proof` holds: all in one transaction.
    func advance(
        _ session: Session, tokenHash: [UInt8], by proof: FactorProof, events: [AuditEvent]
    ) async throws -> Advance
    /// All of the account; some may have ended by time.
    func sessions(of account: AccountID) async throws -> [Session]
    /// False, and nothing written, if there was none with this id.
    func delete(_ id: Identifier<Session>, of account: AccountID, event: AuditEvent) async throws -> Bool
    /// Removes all of the account but `kept`, and returns how many; writes the event only if there were some.
    func deleteAll(of account: AccountID, but kept: Identifier<Session>?, event: AuditEvent) async throws -> Int
}

/// What takes a session forward. It is used up in the same transaction, so that it counts once however many ask at once.
public enum FactorProof: Hashable, Sendable {
    /// A code of the account's TOTP secret for the time step `step`: holds if no later or equal step was used before.
    case totp(step: Int64, at: Timestamp)
    /// A recovery code by its possible tags: holds if one is there and unused.
    case recoveryCode(tags: [[UInt8]], at: Timestamp)
    /// A code that was mailed to the account's mailbox, by its possible tags: holds if it was asked for in this session, lately, and is unused.
    case mailedCode(tags: [[UInt8]], at: Timestamp)
    /// A code that was mailed to `address`, in the same way. That becomes the account's mailbox. A session that has only shown a password may not add
    /// it to strong ways that are there.
    case newMailbox(MailAddress, tags: [[UInt8]], at: Timestamp)
    /// The first code of the pending TOTP secret that is stored as `sealed`. It becomes the account's TOTP secret. A session
    /// that has only shown a password may not replace one that is there.
    case enrolment(sealed: [UInt8], step: Int64, at: Timestamp)
    /// An answer of a passkey or security key to a challenge: holds if the challenge was not answered before, and nobody else has used the key
    /// since its counter was read.
    case credential(CredentialUse)
    /// A new passkey or security key, which answered `challenge`: holds if nobody has it yet. It becomes the account's. A session that has only
    /// shown a password may not add to strong ways that are there.
    case newCredential(WebAuthnCredential, challenge: [UInt8])
    /// A provider's word for a linked identity: holds if it is still linked to the session's account.
    case identity(IdentityUse)
    /// An identity that becomes the account's: holds if nobody has it yet.
    case newIdentity(LinkedIdentity)
}

/// One use of a passkey or security key.
public struct CredentialUse: Hashable, Sendable {
    public let id: Identifier<WebAuthnCredential>
    public let challenge: [UInt8]
    /// The counter that was stored, and the one that came.
    public let lastSignCount: UInt32
    public let signCount: UInt32
    public let isBackedUp: Bool
    public let time: Timestamp
}

/// What came of taking a session forward.
public enum Advance: Hashable, Sendable {
    case advanced
    case alreadyUsed
    /// There is no such factor, or no longer.
    case noFactor
    /// The session has ended, or its account is disabled.
    case ended
}
