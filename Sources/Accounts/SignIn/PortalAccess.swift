public import Keyring
public import LatchkeyCore

/// Signing in to the portal: with a passkey, or with a password and then a code or a security key; the sessions that come of it.
///
/// A password alone never gives a signed-in session: where no second factor is enrolled yet, the session can do nothing
/// but enrol one. Every call that changes something writes its audit event in the same transaction.
public struct PortalAccess: Sendable {
    let accounts: any AccountRepository
    let passwords: any PortalPasswordRepository
    let factors: any SecondFactorRepository
    let keys: any WebAuthnCredentialRepository
    let sessions: any SessionRepository
    let audit: any AuditLog
    let hasher: PasswordHasher
    let keyring: Keyring
    let limits: GuessLimits
    let defaultDomain: String?
    let times: SessionTimes
    let now: @Sendable () -> Timestamp

    /// `defaultDomain` is added to login names that come without one; nil adds nothing.
    public init(
        accounts: any AccountRepository, passwords: any PortalPasswordRepository,
        factors: any SecondFactorRepository, keys: any WebAuthnCredentialRepository,
        sessions: any SessionRepository, audit: any AuditLog,
        hasher: PasswordHasher, keyring: Keyring, limits: GuessLimits, defaultDomain: String?,
        times: SessionTimes = SessionTimes(), now: @escaping @Sendable () -> Timestamp
    ) {
        self.accounts = accounts
        self.passwords = passwords
        self.factors = factors
        self.keys = keys
        self.sessions = sessions
        self.audit = audit
        self.hasher = hasher
        self.keyring = keyring
        self.limits = limits
        self.defaultDomain = defaultDomain
        self.times = times
        self.now = now
    }

    /// Checks a password. The same work is done, and the same answer given, whether anybody has this name or not. Throws
    /// `PasswordHasher.Busy` when too many passwords are being checked.
    public func signIn(login: String, password: Secret, from origin: Origin) async throws -> SignInOutcome {
        let time = now()
        let name = LoginName(login)?.qualified(with: defaultDomain)
        let account = if let name { try await accounts.account(named: name) } else { nil as Account? }

        // By the account's own name, so that its aliases give no further guesses.
        let passage = try await limits.passwords.pass(account?.login ?? name, from: origin, at: time) {
            try await judge(password, of: account, typed: login, from: origin, at: time)
        }
        switch passage {
        case .judged(let outcome): return outcome
        case .blocked(let until, let isFirst):
            if isFirst { try await recordFailure(.throttled, of: account, typed: login, from: origin, at: time) }
            return .throttled(until: until)
        }
    }

    private func judge(
        _ password: Secret, of account: Account?, typed login: String, from origin: Origin, at time: Timestamp
    ) async throws -> (SignInOutcome, GuessGate<LoginName?>.Judgement) {
        let stored = try await passwords.password(of: account?.id ?? .nobody)
        let isRight = try await hasher.verify(password, against: stored?.hash)
        guard let account, let stored, isRight else {
            try await recordFailure(.unknown, of: account, typed: login, from: origin, at: time)
            return (.refused, .wrong)
        }
        // Counted as wrong: else what is not throttled would tell that the password was right.
        guard !account.isDisabled else {
            try await recordFailure(.accountDisabled, of: account, typed: login, from: origin, at: time)
            return (.refused, .wrong)
        }
        if hasher.needsRehash(stored.hash) {
            try await passwords.rehash(stored.hash, as: try await hasher.hash(password), of: account.id)
        }
        let hasFactor = try await factors.factors(of: account.id).isEnrolled
        let (token, session) = try await start(
            hasFactor ? .secondFactor : .enrolment, of: account, from: origin, at: time)
        return (.started(token: token, session), .right)
    }

    private func start(
        _ stage: Session.Stage, of account: Account, from origin: Origin, at time: Timestamp
    ) async throws -> (Secret, Session) {
        var rng = SystemRandomNumberGenerator()
        var session = Session(stage, of: account.id, from: origin, at: time, using: &rng)
        session.methods = [.password]
        let token = BearerToken.generate(using: &rng)
        try await sessions.insert(
            session, tokenHash: BearerToken.hash(token),
            event: origin.event(
                .portalSignIn, at: time, of: account.id, detail: AuditEvent.firstHalf))
        return (token, session)
    }

    private func recordFailure(
        _ refusal: Refusal, of account: Account?, typed: String, from origin: Origin, at time: Timestamp
    ) async throws {
        try await audit.append([
            origin.event(
                .portalSignInFailed, at: time, by: .client, account: account?.id, refusal: refusal,
                detail: nameForRecord(typed, account))
        ])
    }

    /// People type passwords into the name's field: a name that nobody has is kept only if it is plainly an address of our own.
    private func nameForRecord(_ typed: String, _ account: Account?) -> String? {
        if typed == account?.login.text { return nil }
        if account == nil {
            guard let defaultDomain, typed.lowercased().hasSuffix("@" + defaultDomain) else { return nil }
        }
        return Attempt.printable(typed, limit: Attempt.maximumAuthcidLength)
    }
}

extension Session {
    /// A new one.
    init(
        _ stage: Stage, of account: AccountID, from origin: Origin, at time: Timestamp,
        using rng: inout some RandomNumberGenerator
    ) {
        self.init(
            id: Identifier(at: time, using: &rng), account: account, stage: stage, created: time, lastSeen: time,
            address: origin.address, agent: origin.agent)
    }

    /// This one after a strong method was shown.
    func signedIn(with method: SignInMethod, from origin: Origin, at time: Timestamp) -> Session {
        var session = seen(from: origin, at: time)
        if !session.methods.contains(method) { session.methods.append(method) }
        session.stage = .signedIn
        session.strongAt = time
        return session
    }

    func seen(from origin: Origin, at time: Timestamp) -> Session {
        var session = self
        session.lastSeen = max(lastSeen, time)
        session.address = origin.address
        session.agent = origin.agent
        return session
    }
}
