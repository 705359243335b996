/// Access that was taken away: what whoever remembers verdicts has to forget. Read from its event in the audit log.
public struct Revocation: Hashable, Sendable {
    /// The number of its event.
    public let sequence: Int64
    /// The event's hash in the chain: no other event, here or in another installation, has the same.
    public let hash: [UInt8]
    /// What happened: `app-password.revoked`, `account.disabled`, `account.deleted`, or `account.changed` for an alias removed.
    public let action: AuditEvent.Action
    public let time: Timestamp
    public let account: AccountID
    /// Nil only if the database has been changed by hand.
    public let login: LoginName?
    /// The other names that signed in to the account when it happened, in their order; since then it may have got more.
    public let aliases: [LoginName]
    /// The one that ended; nil if it is about the whole account.
    public let appPassword: AppPasswordID?
    /// What that was for, in order; empty if it is about the whole account, or if the app password is gone already.
    public let services: [Service]

    public init(
        sequence: Int64, hash: [UInt8], action: AuditEvent.Action, time: Timestamp, account: AccountID,
        login: LoginName?,
        aliases: [LoginName] = [], appPassword: AppPasswordID? = nil, services: [Service] = []
    ) {
        self.sequence = sequence
        self.hash = hash
        self.action = action
        self.time = time
        self.account = account
        self.login = login
        self.aliases = aliases
        self.appPassword = appPassword
        self.services = services
    }
}

extension AuditEvent.Action {
    /// Whether this alone takes access away, whatever else its event says.
    public var revokes: Bool {
        switch self {
        case .appPasswordRevoked, .accountDisabled, .accountDeleted: true
        default: false
        }
    }
}
