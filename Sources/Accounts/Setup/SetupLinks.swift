public import Keyring
public import LatchkeyCore

/// One-time links by which a person sets their password: the first administrator, a new account, an account that lost its
/// password or its second factor. After it a second factor must be enrolled.
public struct SetupLinks: Sendable {
    public static let longestLifetime: Duration = .days(1)
    /// Characters of a full name.
    public static let maximumNameLength = 80

    private let links: any SetupLinkRepository
    private let accounts: any AccountRepository
    let hasher: PasswordHasher
    private let defaultDomain: String?
    private let now: @Sendable () -> Timestamp

    /// `defaultDomain` is added to a login name that is chosen without one.
    public init(
        links: any SetupLinkRepository, accounts: any AccountRepository, hasher: PasswordHasher,
        defaultDomain: String?, now: @escaping @Sendable () -> Timestamp
    ) {
        self.links = links
        self.accounts = accounts
        self.hasher = hasher
        self.defaultDomain = defaultDomain
        self.now = now
    }

    /// The token for `…/setup/TOKEN`. Earlier links for the account are dead from then on. Throws `InvalidInput` for the field
    /// `lifetime` beyond 24 hours, and for `account` if it is disabled or gone.
    public func issue(
        for account: AccountID, lifetime: Duration = longestLifetime, actor: AuditEvent.Actor,
        from origin: Origin? = nil
    ) async throws -> Secret {
        guard let known = try await accounts.account(account), !known.isDisabled else {
            throw InvalidInput(field: "account", text: "This account is disabled: enable it first.")
        }
        guard let token = try await insert(for: account, lifetime, actor, origin) else {
            throw InvalidInput(field: "account", text: "This account is gone.")
        }
        return token
    }

    /// A link by which its bearer makes themselves the first administrator; nil if there is an account already. Throws
    /// `InvalidInput` for the field `lifetime` beyond 24 hours.
    public func issueFirstAdministrator(
        lifetime: Duration = longestLifetime, actor: AuditEvent.Actor
    ) async throws -> Secret? {
        try await insert(for: nil, lifetime, actor, nil)
    }

    private func insert(
        for account: AccountID?, _ lifetime: Duration, _ actor: AuditEvent.Actor, _ origin: Origin?
    ) async throws -> Secret? {
        guard lifetime > .zero, lifetime <= Self.longestLifetime else {
            throw InvalidInput(field: "lifetime", text: "Choose at most 24 hours.")
        }
        let time = now()
        var rng = SystemRandomNumberGenerator()
        let token = BearerToken.generate(using: &rng)
        let link = SetupLink(account: account, expires: time + lifetime)
        let event = (origin ?? Origin(address: nil)).event(
            .setupLinkIssued, at: time, by: actor, account: account, detail: "until \(link.expires)")
        let isInserted = try await links.insert(link, tokenHash: BearerToken.hash(token), at: time, event: event)
        return isInserted ? token : nil
    }

    /// What a link is for.
    public enum Invitation: Hashable, Sendable {
        /// The visitor chooses login name, full name and password.
        case firstAdministrator
        /// The visitor chooses a password.
        case account(Account)
    }

    /// Looks at a link without using it; nil if it was used, has expired, or never was.
    public func invitation(bearing token: Secret) async throws -> Invitation? {
        try await invitation(tokenHash: BearerToken.hash(token), at: now())
    }

    private func invitation(tokenHash: [UInt8], at time: Timestamp) async throws -> Invitation? {
        guard let link = try await links.link(tokenHash: tokenHash, at: time) else { return nil }
        guard let account = link.account else { return .firstAdministrator }
        return try await accounts.account(account).map { .account($0) }
    }

    /// Uses a link, once, with or without a password: of two at the same time one gets nil, as with a link that is gone. `login` and `name` are for the
    /// first administrator only. Removes second factors and sessions that the account had; the session that is returned
    /// has to enrol. Throws `InvalidInput` for the fields `login`, `name` and `password`; the link is then still good.
    public func accept(
        token: Secret, login: String? = nil, name: String? = nil, password: Secret?, from origin: Origin
    ) async throws -> (token: Secret, session: Session)? {
        let time = now()
        let tokenHash = BearerToken.hash(token)
        var rng = SystemRandomNumberGenerator()
        let account: Account
        var newcomer: Account?
        // Before the slow hash: nobody without a link can make us compute one.
        switch try await invitation(tokenHash: tokenHash, at: time) {
        case nil: return nil
        case .account(let known):
            account = known
            if let password { try PasswordRule(for: known).check(password) }
        case .firstAdministrator:
            account = try administrator(login ?? "", name ?? "", password, at: time, using: &rng)
            newcomer = account
        }
        var session = Session(.enrolment, of: account.id, from: origin, at: time, using: &rng)
        session.methods = [.setupLink]
        let sessionToken = BearerToken.generate(using: &rng)
        @Sendable func event(_ action: AuditEvent.Action, detail: String? = nil) -> AuditEvent {
            origin.event(action, at: time, of: account.id, detail: detail)
        }
        let acceptance = SetupAcceptance(
            newcomer: newcomer.map { ($0, event(.accountCreated, detail: "first administrator, \($0.login)")) },
            password: try await stored(password, at: time), session: session,
            sessionTokenHash: BearerToken.hash(sessionToken),
            events: [event(.setupLinkUsed)] + (password == nil ? [] : [event(.portalPasswordSet)]),
            totpRemoved: event(.totpRemoved, detail: "by a setup link"),
            mailboxRemoved: event(.mailboxRemoved, detail: "by a setup link"),
            keyRemoved: { key in
                event(
                    key.kind == .passkey ? .passkeyRemoved : .securityKeyRemoved, detail: "\(key.name), by a setup link"
                )
            },
            identityUnlinked: { event(.identityUnlinked, detail: "\($0.named), by a setup link") },
            recoveryCodesRemoved: { event(.recoveryCodesRemoved, detail: "\($0)") },
            sessionsEnded: { event(.sessionsEnded, detail: "\($0), by a setup link") })
        return try await links.accept(acceptance, of: tokenHash) ? (sessionToken, session) : nil
    }

    private func stored(_ password: Secret?, at time: Timestamp) async throws -> StoredPassword? {
        guard let password else { return nil }
        return StoredPassword(hash: try await hasher.hash(password), set: time)
    }

    /// Every problem of the three fields at once.
    private func administrator(
        _ login: String, _ name: String, _ password: Secret?, at time: Timestamp,
        using rng: inout some RandomNumberGenerator
    ) throws(InvalidInput) -> Account {
        var problems: [InvalidInput.Problem] = []
        func refuse(_ field: String, _ text: String) { problems.append(InvalidInput.Problem(field: field, text: text)) }
        let loginName = LoginName(login)?.qualified(with: defaultDomain)
        if loginName == nil { refuse("login", "Use a name without blanks, for example alice@example.com.") }
        let fullName = Attempt.printable(name, limit: 4 * Self.maximumNameLength) ?? ""
        if fullName.allSatisfy(\.isWhitespace) { refuse("name", "Give your full name.") }
        if fullName.count > Self.maximumNameLength {
            refuse("name", "Use at most \(Self.maximumNameLength) characters.")
        }
        do throws(InvalidInput) {
            if let password { try PasswordRule(context: [login, name]).check(password) }
        } catch {
            problems += error.problems
        }
        guard let loginName, problems.isEmpty else { throw InvalidInput(problems) }
        return Account(
            id: AccountID(at: time, using: &rng), login: loginName, name: fullName, roles: [.admin], created: time)
    }
}
