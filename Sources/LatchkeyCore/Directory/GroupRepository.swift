/// Groups as they are kept. Each change is durable when the call returns, together with its audit event.
public protocol GroupRepository: Sendable {
    /// Throws `InvalidInput` for the field `name` if the name is taken.
    func insert(_ group: Group, event: AuditEvent) async throws
    func group(named name: GroupName) async throws -> Group?
    /// By name, after `name`, `limit` at most.
    func groups(after name: GroupName?, limit: Int) async throws -> [Group]
    /// Replaces the description.
    func update(_ group: Group, event: AuditEvent) async throws
    /// Removes it; its members stay.
    func delete(_ id: GroupID, event: AuditEvent) async throws
    /// False, and nothing changed, if the account belongs to it already.
    func add(_ account: AccountID, to group: GroupID, event: AuditEvent) async throws -> Bool
    /// False, and nothing changed, if the account does not belong to it.
    func remove(_ account: AccountID, from group: GroupID, event: AuditEvent) async throws -> Bool
    /// The groups of an account, by name.
    func groups(of account: AccountID) async throws -> [Group]
    /// The login names of its members, in their order.
    func members(of group: GroupID) async throws -> [LoginName]
}
