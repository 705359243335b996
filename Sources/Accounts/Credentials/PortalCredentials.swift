public import Keyring
public import LatchkeyCore

/// The ways a person signs in to the portal, as they change them.
public struct PortalCredentials: Sendable {
    private let accounts: any AccountRepository
    private let passwords: any PortalPasswordRepository
    private let factors: any SecondFactorRepository
    private let sessions: any SessionRepository
    private let audit: any AuditLog
    private let hasher: PasswordHasher
    private let keyring: Keyring
    private let limits: GuessLimits
    private let issuer: String
    private let now: @Sendable () -> Timestamp

    /// `issuer` names this installation in authenticator apps, for example `Latchkey (example.com)`.
    public init(
        accounts: any AccountRepository, passwords: any PortalPasswordRepository,
        factors: any SecondFactorRepository, sessions: any SessionRepository, audit: any AuditLog,
        hasher: PasswordHasher, keyring: Keyring, limits: GuessLimits, issuer: String,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.accounts = accounts
        self.passwords = passwords
        self.factors = factors
        self.sessions = sessions
        self.audit = audit
        self.hasher = hasher
        self.keyring = keyring
        self.limits = limits
        self.issuer = issuer
        self.now = now
    }

    public func ways(of account: AccountID) async throws -> WaysToSignIn {
        throw StoreError("credentials are being built")
    }

    /// Changes the password and ends every other session of the account. Throws `InvalidInput` for the field `password` if
    /// the new one will not do, `StepUpRequired` if the session is not signed in.
    public func changePassword(
        current: Secret, new: Secret, in session: Session, from origin: Origin
    ) async throws -> PasswordChange {
        throw StoreError("credentials are being built")
    }

    /// Makes a TOTP secret, pending until `confirmTOTP`; one that was pending before is gone, one in use stays in use until then.
    /// Throws `StepUpRequired` unless the session is fresh, or has to enrol.
    public func beginTOTP(in session: Session) async throws -> TOTPEnrolment {
        throw StoreError("credentials are being built")
    }

    /// Takes the first code of the pending secret, which then is the account's TOTP secret in the place of any other. A
    /// session that had to enrol is signed in by it. Throws `StepUpRequired` as `beginTOTP` does.
    public func confirmTOTP(code: String, in session: Session, from origin: Origin) async throws -> CodeOutcome {
        throw StoreError("credentials are being built")
    }

    /// Ten new recovery codes like `kdwq-mhrt-vbnx`, to be shown once; the old ones are worth nothing from then on. Throws
    /// `StepUpRequired` unless the session is fresh.
    public func issueRecoveryCodes(in session: Session, from origin: Origin) async throws -> [Secret] {
        throw StoreError("credentials are being built")
    }
}
