/// Asks the owner of an app password before it is first used from a network: the one way to answer, for the portal and the command
/// line.
public struct FirstUseApprovals: Sendable {
    public enum Decision: String, Sendable { case approved, denied }

    /// Networks of one app password that wait at the same time: whoever has the secret must not fill the database.
    public static let maximumWaiting = 20
    /// Networks that are remembered as approved; beyond it the one approved longest ago is asked about again.
    public static let maximumApproved = 200

    private let repository: any ApprovalRepository

    public init(repository: any ApprovalRepository) {
        self.repository = repository
    }

    public func waiting(of account: AccountID, at now: Timestamp) async throws -> [WaitingNetwork] {
        try await repository.waiting(of: account, at: now)
    }

    /// “Yes, that's me.” False if it was approved already.
    public func approve(
        _ network: ClientNetwork, of appPassword: AppPassword, actor: AuditEvent.Actor,
        from address: IPAddress? = nil, at now: Timestamp
    ) async throws -> Bool {
        try await set(network, of: appPassword, as: .approved, actor, address, now)
    }

    /// “No, that wasn't me.” The app password works on elsewhere: whoever denies is asked whether to revoke it. False if it was denied
    /// already.
    public func deny(
        _ network: ClientNetwork, of appPassword: AppPassword, actor: AuditEvent.Actor,
        from address: IPAddress? = nil, at now: Timestamp
    ) async throws -> Bool {
        try await set(network, of: appPassword, as: .denied, actor, address, now)
    }

    private func set(
        _ network: ClientNetwork, of appPassword: AppPassword, as decision: Decision, _ actor: AuditEvent.Actor,
        _ address: IPAddress?, _ now: Timestamp
    ) async throws -> Bool {
        try await repository.set(
            network, of: appPassword.id, as: decision, at: now,
            event: AuditEvent(
                time: now, action: decision == .approved ? .networkApproved : .networkDenied, actor: actor,
                account: appPassword.account, appPassword: appPassword.id, address: address,
                detail: network.description))
    }
}
