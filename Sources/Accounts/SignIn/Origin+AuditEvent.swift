import LatchkeyCore

extension Origin {
    /// An event of the portal that came from here.
    func event(
        _ action: AuditEvent.Action, at time: Timestamp, by actor: AuditEvent.Actor, account: AccountID?,
        refusal: Refusal? = nil, detail: String? = nil
    ) -> AuditEvent {
        AuditEvent(
            time: time, action: action, actor: actor, account: account, refusal: refusal, address: address,
            client: agent, detail: detail)
    }

    /// An event that the account's own person caused.
    func event(
        _ action: AuditEvent.Action, at time: Timestamp, of account: AccountID, refusal: Refusal? = nil,
        detail: String? = nil
    ) -> AuditEvent {
        event(action, at: time, by: .account(account), account: account, refusal: refusal, detail: detail)
    }
}
