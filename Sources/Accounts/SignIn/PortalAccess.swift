public import Keyring
public import LatchkeyCore

/// Signing in to the portal: password, then a code; the sessions that come of it.
///
/// A password alone never gives a signed-in session: where no second factor is enrolled yet, the session can do nothing
/// but enrol one. Every call that changes something writes its audit event in the same transaction.
public struct PortalAccess: Sendable {
    private let accounts: any AccountRepository
    private let passwords: any PortalPasswordRepository
    private let factors: any SecondFactorRepository
    private let sessions: any SessionRepository
    private let audit: any AuditLog
    private let hasher: PasswordHasher
    private let keyring: Keyring
    private let limits: GuessLimits
    private let defaultDomain: String?
    private let now: @Sendable () -> Timestamp

    /// `defaultDomain` is added to login names that come without one; nil adds nothing.
    public init(
        accounts: any AccountRepository, passwords: any PortalPasswordRepository,
        factors: any SecondFactorRepository, sessions: any SessionRepository, audit: any AuditLog,
        hasher: PasswordHasher, keyring: Keyring, limits: GuessLimits, defaultDomain: String?,
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
        self.defaultDomain = defaultDomain
        self.now = now
    }

    /// Checks a password. The same work is done, and the same answer given, whether anybody has this name or not.
    public func signIn(login: String, password: Secret, from origin: Origin) async throws -> SignInOutcome {
        throw StoreError("signing in is being built")
    }

    /// The session that a cookie's token stands for; nil if there is none, or it has ended, or its account is disabled.
    /// Notes that it was seen, at most once a minute.
    public func session(bearing token: Secret, from origin: Origin) async throws -> Session? {
        throw StoreError("signing in is being built")
    }

    /// Takes a one-time code: completes a sign-in, or is the step-up of a signed-in session. Each gives a new token.
    public func confirm(code: String, in session: Session, from origin: Origin) async throws -> CodeOutcome {
        throw StoreError("signing in is being built")
    }

    /// Takes a recovery code in the place of a one-time code; it then is used up.
    public func redeem(recoveryCode: String, in session: Session, from origin: Origin) async throws -> CodeOutcome {
        throw StoreError("signing in is being built")
    }

    public func signOut(_ session: Session, from origin: Origin) async throws {
        throw StoreError("signing in is being built")
    }

    /// The account's signed-in sessions, the one last seen first.
    public func sessions(of account: AccountID) async throws -> [Session] {
        throw StoreError("signing in is being built")
    }

    /// Ends one session of the same account as `session`, which asks. False if there was none with this id.
    public func end(_ id: Identifier<Session>, in session: Session, from origin: Origin) async throws -> Bool {
        throw StoreError("signing in is being built")
    }

    /// Ends every session of the account but `session`. Returns how many there were.
    public func endOthers(than session: Session, from origin: Origin) async throws -> Int {
        throw StoreError("signing in is being built")
    }

    /// Ends every session of an account, as an administrator does.
    public func endAll(of account: AccountID, actor: AuditEvent.Actor, from origin: Origin) async throws -> Int {
        throw StoreError("signing in is being built")
    }
}
