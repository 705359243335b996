public import LatchkeyCore

/// Gets people back in who lost their password or their second factor: the one place that says who may do it for whom.
public struct Helpdesk: Sendable {
    /// Long enough for somebody who is on the telephone or at the desk now.
    public static let linkLifetime: Duration = .seconds(4 * 3_600)

    private let accounts: any AccountRepository
    private let credentials: PortalCredentials
    private let setupLinks: SetupLinks
    private let audit: any AuditLog
    private let defaultDomain: String?
    private let now: @Sendable () -> Timestamp

    /// `defaultDomain` is added to names that are searched for without one.
    public init(
        accounts: any AccountRepository, credentials: PortalCredentials, setupLinks: SetupLinks, audit: any AuditLog,
        defaultDomain: String?, now: @escaping @Sendable () -> Timestamp
    ) {
        self.accounts = accounts
        self.credentials = credentials
        self.setupLinks = setupLinks
        self.audit = audit
        self.defaultDomain = defaultDomain
        self.now = now
    }

    /// Somebody who may need help, as far as the helpdesk has to know them: no secrets.
    public struct Person: Sendable {
        public let account: Account
        public let ways: WaysToSignIn
        /// The last time they signed in to the portal.
        public let lastPortalSignIn: Timestamp?
        /// The last time one of their apps signed in.
        public let lastAppSignIn: Timestamp?
        /// Why whoever asks may not make a link for them; nil if they may.
        public let objection: Objection?

        public init(
            account: Account, ways: WaysToSignIn, lastPortalSignIn: Timestamp?, lastAppSignIn: Timestamp?,
            objection: Objection?
        ) {
            self.account = account
            self.ways = ways
            self.lastPortalSignIn = lastPortalSignIn
            self.lastAppSignIn = lastAppSignIn
            self.objection = objection
        }
    }

    public enum Objection: Hashable, Sendable {
        /// Nobody recovers themselves: that would be a way around their own second factor.
        case oneself
        /// Nobody recovers who has as many rights as they have, or more: at the command line only.
        case privileged
        case disabled
    }

    /// Thrown by whatever somebody may not do who is not, or no longer, of the helpdesk, or not for this person.
    public struct NotAllowed: Error, Hashable, Sendable {
        /// Nil if they may do it for nobody.
        public let objection: Objection?
    }

    /// Who has exactly this login name or alias; nil if nobody. Throws `NotAllowed` if `helper` may help nobody.
    public func person(named name: String, for helper: Account) async throws -> Person? {
        guard helper.mayHelp else { throw NotAllowed(objection: nil) }
        guard let login = LoginName(name)?.qualified(with: defaultDomain),
            let account = try await accounts.account(named: login)
        else { return nil }
        return Person(
            account: account, ways: try await credentials.ways(of: account.id),
            lastPortalSignIn: try await last(.portalSignIn, of: account.id, among: 1),
            lastAppSignIn: try await last(.signIn, of: account.id, among: 200),
            objection: helper.objection(toRecovering: account))
    }

    /// The latest good one among so many of the latest events.
    private func last(
        _ action: AuditEvent.Action, of account: AccountID, among limit: Int
    ) async throws -> Timestamp? {
        try await audit.entries(matching: AuditFilter(account: account, action: action), limit: limit)
            .first { $0.event.refusal == nil }?.event.time
    }

    /// A one-time link for `account`, and when it stops working. Throws `StepUpRequired` unless the helper's session is fresh, and
    /// `NotAllowed`; the helper's rights are looked at anew. The event says who made it.
    public func issueLink(
        for account: AccountID, in session: Session, from origin: Origin
    ) async throws -> (token: Secret, expires: Timestamp) {
        let time = now()
        guard session.isFresh(at: time) else { throw StepUpRequired() }
        guard let helper = try await accounts.account(session.account), helper.mayHelp,
            let person = try await accounts.account(account)
        else { throw NotAllowed(objection: nil) }
        if let objection = helper.objection(toRecovering: person) { throw NotAllowed(objection: objection) }
        let token = try await setupLinks.issue(
            for: account, lifetime: Self.linkLifetime, actor: .account(helper.id), from: origin)
        return (token, time + Self.linkLifetime)
    }
}

extension Account {
    /// Whether it may help anybody.
    public var mayHelp: Bool { !isDisabled && !roles.isDisjoint(with: [.admin, .helpdesk]) }

    /// Administrators help the helpdesk and everybody else; the helpdesk helps whoever has no role.
    fileprivate func objection(toRecovering other: Account) -> Helpdesk.Objection? {
        if other.id == id { return .oneself }
        if other.roles.contains(.admin) { return .privileged }
        if other.roles.contains(.helpdesk), !roles.contains(.admin) { return .privileged }
        return other.isDisabled ? .disabled : nil
    }
}
