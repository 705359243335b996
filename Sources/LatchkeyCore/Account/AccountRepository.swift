/// Accounts as they are kept. Each change is durable when the call returns, together with its audit event.
public protocol AccountRepository: Sendable {
    /// Throws `InvalidInput` for the field `login` if the login name or an alias is taken.
    func insert(_ account: Account, event: AuditEvent) async throws
    func account(_ id: AccountID) async throws -> Account?
    /// The account that has this login name or alias.
    func account(named login: LoginName) async throws -> Account?
    /// By login name, after `login`, `limit` at most.
    func accounts(after login: LoginName?, limit: Int) async throws -> [Account]
    func count() async throws -> Int
    /// Replaces name, roles, aliases and the disabled mark. Throws `InvalidInput` if an alias is taken.
    func update(_ account: Account, event: AuditEvent) async throws
    /// Removes the account and everything it owns; its audit events stay.
    func delete(_ id: AccountID, event: AuditEvent) async throws
}
