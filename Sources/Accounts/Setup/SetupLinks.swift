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
    private let hasher: PasswordHasher
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
    /// `lifetime` beyond 24 hours.
    public func issue(
        for account: AccountID, lifetime: Duration = longestLifetime, actor: AuditEvent.Actor,
        from origin: Origin? = nil
    ) async throws -> Secret {
        throw StoreError("setup links are being built")
    }

    /// A link by which its bearer makes themselves the first administrator; nil if there is an account already.
    public func issueFirstAdministrator(
        lifetime: Duration = longestLifetime, actor: AuditEvent.Actor
    ) async throws -> Secret? {
        throw StoreError("setup links are being built")
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
        throw StoreError("setup links are being built")
    }

    /// Uses a link, once: of two at the same time one gets nil, as with a link that is gone. `login` and `name` are for the
    /// first administrator only. Removes second factors and sessions that the account had; the session that is returned
    /// has to enrol. Throws `InvalidInput` for the fields `login`, `name` and `password`; the link is then still good.
    public func accept(
        token: Secret, login: String? = nil, name: String? = nil, password: Secret, from origin: Origin
    ) async throws -> (token: Secret, session: Session)? {
        throw StoreError("setup links are being built")
    }
}
