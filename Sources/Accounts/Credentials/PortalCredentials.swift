public import Keyring
public import LatchkeyCore
import TOTP

/// The ways a person signs in to the portal, as they change them.
public struct PortalCredentials: Sendable {
    let accounts: any AccountRepository
    let passwords: any PortalPasswordRepository
    let factors: any SecondFactorRepository
    let keys: any WebAuthnCredentialRepository
    let sessions: any SessionRepository
    private let audit: any AuditLog
    let hasher: PasswordHasher
    let keyring: Keyring
    private let limits: GuessLimits
    private let issuer: String
    let now: @Sendable () -> Timestamp

    /// `issuer` names this installation in authenticator apps, for example `Latchkey (example.com)`.
    public init(
        accounts: any AccountRepository, passwords: any PortalPasswordRepository,
        factors: any SecondFactorRepository, keys: any WebAuthnCredentialRepository,
        sessions: any SessionRepository, audit: any AuditLog,
        hasher: PasswordHasher, keyring: Keyring, limits: GuessLimits, issuer: String,
        now: @escaping @Sendable () -> Timestamp
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
        self.issuer = issuer
        self.now = now
    }

    public func ways(of account: AccountID) async throws -> WaysToSignIn {
        let factors = try await factors.factors(of: account)
        return WaysToSignIn(
            passwordSet: try await passwords.password(of: account)?.set, totpEnrolled: factors.totp?.since,
            totpLastUsed: factors.totp?.lastUse, totpName: factors.totp?.name, mailbox: factors.mailbox,
            recoveryCodesLeft: factors.recoveryCodesLeft, recoveryCodeLastUsed: factors.recoveryCodeLastUse,
            keys: factors.credentials, identities: factors.identities)
    }

    /// Throws `InvalidInput` for the field `password` if it will not do for this account.
    public static func check(_ password: Secret, for account: Account) throws(InvalidInput) {
        try PasswordRule(for: account).check(password)
    }

    /// For an administrator: sets the password of an account, whatever it had, and ends its sessions. Throws as `check` does.
    public func setPassword(_ new: Secret, for account: Account, actor: AuditEvent.Actor) async throws {
        try Self.check(new, for: account)
        let time = now()
        try await passwords.set(
            StoredPassword(hash: try await hasher.hash(new), set: time), of: account.id,
            event: AuditEvent(time: time, action: .portalPasswordSet, actor: actor, account: account.id))
    }

    /// Changes the password and ends every other session of the account. Throws `InvalidInput` for the field `password` if
    /// the new one will not do, `StepUpRequired` if the session is not signed in.
    public func changePassword(
        current: Secret, new: Secret, in session: Session, from origin: Origin
    ) async throws -> PasswordChange {
        guard session.stage == .signedIn, let account = try await accounts.account(session.account) else {
            throw StepUpRequired()
        }
        try PasswordRule(for: account).check(new)
        let time = now()
        let passage = try await limits.passwords.pass(account.login, from: origin, at: time) {
            let isChanged = try await change(current, to: new, in: session, from: origin, at: time)
            return (isChanged ? PasswordChange.changed : .wrong, isChanged ? .right : .wrong)
        }
        switch passage {
        case .judged(let outcome): return outcome
        case .blocked(let until, let isFirst):
            if isFirst { try await recordFailure(.throttled, in: session, from: origin, at: time) }
            return .throttled(until: until)
        }
    }

    private func change(
        _ current: Secret, to new: Secret, in session: Session, from origin: Origin, at time: Timestamp
    ) async throws -> Bool {
        let stored = try await passwords.password(of: session.account)
        guard try await hasher.verify(current, against: stored?.hash), let stored else {
            try await recordFailure(.unknown, in: session, from: origin, at: time)
            return false
        }
        return try await passwords.replace(
            stored.hash, by: StoredPassword(hash: try await hasher.hash(new), set: time), of: session.account,
            keeping: session.id, event: origin.event(.portalPasswordSet, at: time, of: session.account))
    }

    private func recordFailure(
        _ refusal: Refusal, in session: Session, from origin: Origin, at time: Timestamp
    ) async throws {
        try await audit.append([
            origin.event(
                .portalSignInFailed, at: time, by: .client, account: session.account, refusal: refusal,
                detail: "current password, to change it")
        ])
    }

    /// Makes a TOTP secret, pending until `confirmTOTP`; one that was pending before is gone, one in use stays in use until then.
    /// Throws `StepUpRequired` unless the session is fresh, or has to enrol.
    public func beginTOTP(in session: Session) async throws -> TOTPEnrolment {
        let time = now()
        guard let account = try await accounts.account(session.account), try await mayEnrol(session, at: time) else {
            throw StepUpRequired()
        }
        var rng = SystemRandomNumberGenerator()
        let key = TOTP.generateKey(using: &rng)
        let sealed = try SealedTOTP.seal(key, of: account.id, with: keyring)
        try await factors.putPending(
            SecondFactors.PendingTOTP(sealed: sealed, since: time, session: session.id), of: account.id)
        return enrolment(key, of: account)
    }

    /// The pending secret once more, for somebody who has put it into their app and then mistyped its code; a new one if none
    /// is pending in this session. Throws `StepUpRequired` as `beginTOTP` does.
    public func pendingTOTP(in session: Session) async throws -> TOTPEnrolment {
        guard let account = try await accounts.account(session.account), try await mayEnrol(session, at: now()) else {
            throw StepUpRequired()
        }
        guard let pending = try await factors.factors(of: account.id).pending, pending.session == session.id else {
            return try await beginTOTP(in: session)
        }
        return enrolment(try SealedTOTP.open(pending.sealed, of: account.id, with: keyring), of: account)
    }

    private func enrolment(_ key: [UInt8], of account: Account) -> TOTPEnrolment {
        TOTPEnrolment(
            secret: Secret(Base32.encode(key)),
            uri: Secret(KeyURI.totp(key: key, issuer: issuer, account: account.login.text)))
    }

    /// Takes the first code of the pending secret, which then is the account's TOTP secret in the place of any other. A
    /// session that had to enrol is signed in by it. Throws `StepUpRequired` as `beginTOTP` does.
    ///
    /// Wrong codes are not counted: whoever may be here has the secret before their eyes.
    public func confirmTOTP(code: String, in session: Session, from origin: Origin) async throws -> CodeOutcome {
        let time = now()
        guard try await mayEnrol(session, at: time) else { throw StepUpRequired() }
        guard let code = OneTimeCode(code), let pending = try await factors.factors(of: session.account).pending,
            pending.session == session.id
        else { return .wrong }
        let key = try SealedTOTP.open(pending.sealed, of: session.account, with: keyring)
        guard case .valid(let step) = TOTP(key: key).read(code, at: time.seconds, lastStep: nil) else { return .wrong }

        var rng = SystemRandomNumberGenerator()
        let token = BearerToken.generate(using: &rng)
        let advanced = session.signedIn(with: .oneTimeCode, from: origin, at: time)
        var events = [origin.event(.totpEnrolled, at: time, of: session.account)]
        if session.stage != .signedIn {
            events.append(origin.event(.portalSignIn, at: time, of: session.account, detail: "second factor enrolled"))
        }
        let advance = try await sessions.advance(
            advanced, tokenHash: BearerToken.hash(token),
            by: .enrolment(sealed: pending.sealed, step: step, at: time), events: events)
        return advance == .advanced ? .confirmed(token: token, advanced) : .ended
    }

    /// Throws `InvalidInput` for the field `name`. False if the account has no authenticator app.
    public func renameTOTP(to name: String, in session: Session, from origin: Origin) async throws -> Bool {
        guard session.stage == .signedIn else { throw StepUpRequired() }
        let kept = try WayName.checked(name)
        return try await factors.renameTOTP(
            of: session.account, to: kept,
            event: origin.event(.totpRenamed, at: now(), of: session.account, detail: kept))
    }

    /// Ten new recovery codes like `kdwq-mhrt-vbnx`, to be shown once; the old ones are worth nothing from then on. Throws
    /// `StepUpRequired` unless the session is fresh.
    public func issueRecoveryCodes(in session: Session, from origin: Origin) async throws -> [Secret] {
        let time = now()
        guard session.isFresh(at: time) else { throw StepUpRequired() }
        var rng = SystemRandomNumberGenerator()
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode.generate(using: &rng) }
        try await factors.replaceRecoveryCodes(
            of: session.account, tags: codes.compactMap { $0.tags(of: session.account, keyring).first },
            event: origin.event(.recoveryCodesIssued, at: time, of: session.account))
        return codes.map(\.display)
    }

    /// Whether a way to sign in may be added in `session`: in a fresh one; and the first of one's own in one that has nothing to be fresh by.
    public func mayEnrol(in session: Session) async throws -> Bool { try await mayEnrol(session, at: now()) }

    /// A password alone may enrol the first second factor, and nothing after that. So may the word of a provider that signs people in by
    /// itself but does not say when they signed in: they could never confirm.
    func mayEnrol(_ session: Session, at time: Timestamp) async throws -> Bool {
        if session.isFresh(at: time) { return true }
        if session.isUntold(at: time) { return try await !factors.factors(of: session.account).hasOwn }
        guard session.stage == .enrolment else { return false }
        return try await !factors.factors(of: session.account).isEnrolled
    }
}

extension PasswordRule {
    init(for account: Account) {
        self.init(context: [account.login.text, account.name] + account.aliases.map(\.text))
    }
}
