/// App passwords as they are kept. Each change is durable when the call returns, together with its audit event.
public protocol AppPasswordRepository: Sendable {
    /// Throws `InvalidInput` for the field `name` if the account already has `limit` app passwords that work.
    func insert(_ appPassword: AppPassword, tag: VerifierTag, keyID: Int, limit: Int, event: AuditEvent) async throws
    func appPassword(_ id: AppPasswordID) async throws -> AppPassword?
    /// All of the account, newest first; ended and expired ones only if asked for.
    func appPasswords(of account: AccountID, includingEnded: Bool, at now: Timestamp) async throws -> [AppPassword]
    /// Puts `replacement` beside `old`, which ends at `end` unless the replacement is used earlier. False, and nothing
    /// changed, if the old one has ended or is being replaced already.
    func replace(
        _ old: AppPasswordID, by replacement: AppPassword, tag: VerifierTag, keyID: Int, end: Timestamp,
        event: AuditEvent
    ) async throws -> Bool
    /// Ends it now; one that waits for its replacement too. False, and nothing changed, if it had ended before `now`.
    func revoke(_ id: AppPasswordID, at now: Timestamp, event: AuditEvent) async throws -> Bool
}
