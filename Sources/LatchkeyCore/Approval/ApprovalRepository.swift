/// What owners say of networks, as it is kept. Each change is durable when the call returns, together with its audit event, and holds
/// from the next verdict on.
public protocol ApprovalRepository: Sendable {
    /// Of all app passwords of the account that still work, the latest first.
    func waiting(of account: AccountID, at now: Timestamp) async throws -> [WaitingNetwork]
    /// Whether it waits or not. False, and nothing changed, if that was the last word already.
    func set(
        _ network: ClientNetwork, of appPassword: AppPasswordID, as decision: FirstUseApprovals.Decision,
        at now: Timestamp, event: AuditEvent
    ) async throws -> Bool
}
