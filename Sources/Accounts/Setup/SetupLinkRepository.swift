public import LatchkeyCore

/// A setup link as it is kept; of its token only the SHA-256.
public struct SetupLink: Hashable, Sendable {
    /// Nil makes the first administrator.
    public let account: AccountID?
    public let expires: Timestamp

    public init(account: AccountID?, expires: Timestamp) {
        self.account = account
        self.expires = expires
    }
}

/// Setup links as they are kept. Each change is durable when the call returns, together with its audit events.
public protocol SetupLinkRepository: Sendable {
    /// Takes the place of earlier links for the same account, and removes expired ones. False, and nothing written, if it is
    /// for the first administrator and there is an account already.
    func insert(_ link: SetupLink, tokenHash: [UInt8], at now: Timestamp, event: AuditEvent) async throws -> Bool
    /// Nil if there is none, or it has expired, or its account is disabled, or it is for the first administrator and there
    /// is an account already.
    func link(tokenHash: [UInt8], at now: Timestamp) async throws -> SetupLink?
    /// Uses the link up: makes the account if `newcomer` is given, sets the password or removes it, removes every second factor, identity and session of the
    /// account, and adds `session`. False, and nothing changed, where `link` would be nil by now.
    func accept(_ acceptance: SetupAcceptance, of tokenHash: [UInt8]) async throws -> Bool
}

/// All that the use of a setup link changes.
public struct SetupAcceptance: Sendable {
    /// The first administrator, with the event of their making.
    public var newcomer: (account: Account, event: AuditEvent)?
    /// Nil leaves the account without one: a passkey must then be enrolled.
    public var password: StoredPassword?
    public var session: Session
    public var sessionTokenHash: [UInt8]
    public var events: [AuditEvent]
    /// Written only if there was a TOTP secret.
    public var totpRemoved: AuditEvent
    /// Written only if codes were mailed somewhere.
    public var mailboxRemoved: AuditEvent
    /// The event for each passkey and security key that there was.
    public var keyRemoved: @Sendable (WebAuthnCredential) -> AuditEvent
    /// The same for each identity at a provider.
    public var identityUnlinked: @Sendable (LinkedIdentity) -> AuditEvent
    /// Of so many unused recovery codes; written only if there were some.
    public var recoveryCodesRemoved: @Sendable (Int) -> AuditEvent
    /// Of so many signed-in sessions; written only if there were some.
    public var sessionsEnded: @Sendable (Int) -> AuditEvent
}
