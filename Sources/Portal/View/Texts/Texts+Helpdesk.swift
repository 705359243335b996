import Accounts
import LatchkeyCore

/// The helpdesk, and the way back in.
extension Texts {
    // MARK: Helpdesk and recovery

    static let helpdeskLoginLabel = "Who needs help?"
    static let helpdeskLoginHint = "The whole login name or alias, for example alice@example.com"
    static let helpdeskNobody =
        "Nobody has exactly this name. Check the spelling, and ask for their full e-mail address."
    static let recoveryLinkTitle = "Recovery link"
    static let recoveredTitle = "You are back in"
    static func ways(_ ways: WaysToSignIn) -> [String] {
        [
            ways.passwordSet == nil ? nil : "Password",
            ways.totpEnrolled == nil ? nil : authenticatorApp + (ways.totpName.map { " “\($0)”" } ?? ""),
            ways.mailbox.map { "Codes by mail to \($0.masked)" + ($0.isUsable ? "" : ", switched off") },
            ways.recoveryCodesLeft > 0 ? "Recovery codes, \(ways.recoveryCodesLeft) left" : nil,
        ].compactMap(\.self)
            + ways.keys.map { $0.kind == .passkey ? "Passkey “\($0.name)”" : "Security key “\($0.name)”" }
    }
    static func objection(_ objection: Helpdesk.Objection) -> String {
        switch objection {
        case .oneself: "This is you. Nobody recovers themselves: ask a colleague."
        case .privileged:
            "This account has a role of its own, so no link for it is made here. An administrator helps the helpdesk; for an administrator it takes somebody at the server’s command line."
        case .disabled: "This account is disabled. Ask an administrator whether it should be enabled again."
        }
    }
    /// What a link took away, by its event.
    static func removed(_ event: AuditEvent) -> String {
        let count = event.detail.flatMap { Int($0.prefix(while: \.isNumber)) } ?? 0
        return switch event.action {
        case .mailboxRemoved: "Codes by mail: none are sent any more."
        case .totpRemoved: "The authenticator app you had: its codes open nothing any more."
        case .passkeyRemoved: "A passkey you had: it opens nothing here any more."
        case .securityKeyRemoved: "A security key you had: it opens nothing here any more."
        case .recoveryCodesRemoved: "\(count == 1 ? "One old recovery code" : "\(count) old recovery codes")."
        case .sessionsEnded:
            "\(count == 1 ? "One browser that was" : "\(count) browsers that were") signed in: now signed out."
        default: portalEvent(event, appPassword: nil) + "."
        }
    }
}
