/// An audit event in its place in the chain.
public struct AuditEntry: Hashable, Sendable {
    public let sequence: Int64
    public let event: AuditEvent
    public let hash: [UInt8]

    public init(sequence: Int64, event: AuditEvent, hash: [UInt8]) {
        self.sequence = sequence
        self.event = event
        self.hash = hash
    }
}

/// The audit log as its readers see it. Events are written with the change they tell of, in the same transaction, by the
/// repository that makes the change; `append` is for those that change nothing else.
public protocol AuditLog: Sendable {
    func append(_ events: [AuditEvent]) async throws
    /// Newest first.
    func entries(matching filter: AuditFilter, limit: Int) async throws -> [AuditEntry]
    /// Walks the whole chain from the first event.
    func verify() async throws -> AuditVerification
    /// Every event in order, in pages, so that a log of any length fits in memory. `each` may stop it by throwing.
    func export(after sequence: Int64, each: @Sendable ([AuditEntry]) throws -> Void) async throws
}

public struct AuditFilter: Hashable, Sendable {
    public var account: AccountID?
    public var appPassword: AppPasswordID?
    public var action: AuditEvent.Action?
    /// Only events before this number: the next page.
    public var before: Int64?
    public var since: Timestamp?

    public init(
        account: AccountID? = nil, appPassword: AppPasswordID? = nil, action: AuditEvent.Action? = nil,
        before: Int64? = nil,
        since: Timestamp? = nil
    ) {
        self.account = account
        self.appPassword = appPassword
        self.action = action
        self.before = before
        self.since = since
    }
}

/// The outcome of walking the chain.
public enum AuditVerification: Hashable, Sendable {
    /// All of `count` events fit; `head` is the hash to keep elsewhere.
    case intact(count: Int64, head: [UInt8])
    /// The event with this number is not what was written, or not where it was written.
    case broken(at: Int64)
}
