/// A person or a service mailbox that can own app passwords.
public struct Account: Hashable, Sendable {
    public enum Role: String, CaseIterable, Sendable {
        /// May do everything an administrator can: accounts, app passwords of others, audit.
        case admin
        /// May let people in again who lost their password or second factor, unless they have a role themselves.
        case helpdesk
    }

    public let id: AccountID
    public var login: LoginName
    /// Other names that sign in to the same account.
    public var aliases: [LoginName]
    /// A person's full name, or a word about a service mailbox.
    public var name: String
    public var roles: Set<Role>
    public let created: Timestamp
    public var disabled: Timestamp?

    public init(
        id: AccountID, login: LoginName, aliases: [LoginName] = [], name: String = "", roles: Set<Role> = [],
        created: Timestamp, disabled: Timestamp? = nil
    ) {
        self.id = id
        self.login = login
        self.aliases = aliases
        self.name = name
        self.roles = roles
        self.created = created
        self.disabled = disabled
    }

    public var isDisabled: Bool { disabled != nil }
}
