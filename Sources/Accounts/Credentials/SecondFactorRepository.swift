public import LatchkeyCore

/// An account's second factors as they are kept.
public struct SecondFactors: Hashable, Sendable {
    /// The TOTP secret in use, sealed by the keyring.
    public struct EnrolledTOTP: Hashable, Sendable {
        public let sealed: [UInt8]
        /// What its owner calls it; nil until they do.
        public let name: String?
        /// When it was confirmed by its first code.
        public let since: Timestamp
        /// The highest time step whose code was accepted.
        public let lastStep: Int64?
        public let lastUse: Timestamp?

        public init(sealed: [UInt8], name: String?, since: Timestamp, lastStep: Int64?, lastUse: Timestamp?) {
            self.sealed = sealed
            self.name = name
            self.since = since
            self.lastStep = lastStep
            self.lastUse = lastUse
        }
    }

    /// A TOTP secret that waits for its first code, sealed by the keyring. Only the session it was shown to may see it again and confirm
    /// it: else somebody with the password could look on and know the secret that its owner enrols.
    public struct PendingTOTP: Hashable, Sendable {
        public let sealed: [UInt8]
        public let since: Timestamp
        public let session: Identifier<Session>

        public init(sealed: [UInt8], since: Timestamp, session: Identifier<Session>) {
            self.sealed = sealed
            self.since = since
            self.session = session
        }
    }

    public var totp: EnrolledTOTP?
    public var pending: PendingTOTP?
    public var mailbox: CodeMailbox?
    public var recoveryCodesLeft: Int
    public var recoveryCodeLastUse: Timestamp?
    public var credentials: [WebAuthnCredential]
    public var identities: [LinkedIdentity]

    public init(
        totp: EnrolledTOTP?, pending: PendingTOTP?, mailbox: CodeMailbox? = nil, recoveryCodesLeft: Int,
        recoveryCodeLastUse: Timestamp? = nil,
        credentials: [WebAuthnCredential] = [],
        identities: [LinkedIdentity] = []
    ) {
        self.totp = totp
        self.pending = pending
        self.mailbox = mailbox
        self.recoveryCodesLeft = recoveryCodesLeft
        self.recoveryCodeLastUse = recoveryCodeLastUse
        self.credentials = credentials
        self.identities = identities
    }

    /// Whether there is anything of Latchkey's own to confirm with. A mailbox that no codes go to any more still says so: what was guarded by it
    /// must not be open to less when a setting changes.
    public var hasOwn: Bool { totp != nil || mailbox != nil || !credentials.isEmpty }
    /// Whether anything signs in here but a password, or what counts as one.
    public var isEnrolled: Bool {
        hasOwn || identities.contains { $0.standing == .alone }
    }
}

/// A way to sign in that its owner can do without.
public enum RemovableMethod: Hashable, Sendable {
    case password
    case totp
    case mailbox
    case credential(Identifier<WebAuthnCredential>)
    case identity(Identifier<LinkedIdentity>)
}

public enum Removal: Hashable, Sendable {
    case removed
    /// There is no such method, or no longer.
    case gone
    /// Without it nobody could sign in: neither with something that does alone, nor with a password and a second factor.
    case lastWay
}

/// Second factors as they are kept. They are used up through `SessionRepository.advance`.
public protocol SecondFactorRepository: Sendable {
    func factors(of account: AccountID) async throws -> SecondFactors
    /// Keeps a secret until it is confirmed; one that was pending before is gone.
    func putPending(_ totp: SecondFactors.PendingTOTP, of account: AccountID) async throws
    /// Removes a way to sign in and ends every session of the account but `kept`, unless it is the last way.
    func remove(
        _ method: RemovableMethod, of account: AccountID, keeping kept: Identifier<Session>, event: AuditEvent
    ) async throws -> Removal
    /// False if there is no TOTP secret in use.
    func renameTOTP(of account: AccountID, to name: String, event: AuditEvent) async throws -> Bool
    /// Puts new recovery codes in the place of all old ones, used or not.
    func replaceRecoveryCodes(of account: AccountID, tags: [[UInt8]], event: AuditEvent) async throws
}
