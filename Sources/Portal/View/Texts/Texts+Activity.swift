import LatchkeyCore

/// What happened, and what is told of it by mail.
extension Texts {
    // MARK: Activity

    static let portalGroup = "Your account"
    static let untiedGroup = "Without a known app password"
    static let deletedGroup = "A removed app password"
    static let outcomeGood = "Worked"
    static let outcomeBad = "Problem"
    static let emptyActivity = (title: "Nothing yet", text: "As soon as an app signs in, or fails to, it stands here.")
    static let emptyProblems = (title: "No problems", text: "Nothing has failed in the time shown.")
    static func times(_ count: Int) -> String { " · \(count) times in a row" }
    static let byOther = " by an administrator or the helpdesk"

    /// `appPassword` is the name of the one that the event is about, as far as it is known.
    static func portalEvent(_ event: AuditEvent, appPassword: String?) -> String {
        let name = (appPassword ?? event.detail).map { " “\($0)”" } ?? ""
        let failed = event.refusal != nil
        return switch event.action {
        case .appPasswordCreated: "App password\(name) was created"
        case .appPasswordRotated: "App password\(name) got a new secret"
        case .appPasswordRevoked:
            event.actor == .system
                ? "The old secret of\(name) ended, because its new one was used"
                : "App password\(name) was revoked" + (event.actor == .link ? " by the link in a mail" : "")
        case .appPasswordChanged: "App password\(name) was changed"
        case .networkApproved: "App password\(appPassword.map { " “\($0)”" } ?? "") may be used from \(network(event))"
        case .networkDenied:
            "App password\(appPassword.map { " “\($0)”" } ?? "") may not be used from \(network(event))"
        case .accountCreated: "Your account was made"
        case .accountChanged: "Your account was changed"
        case .accountDisabled: "Your account was disabled"
        case .accountEnabled: "Your account was enabled again"
        case .portalSignIn: "You signed in to this portal"
        case .portalSignInFailed: "A sign-in to this portal failed"
        case .portalSignOut: "You signed out of this portal"
        case .portalStepUp: failed ? "A wrong code was typed" : "You confirmed that it is you"
        case .setupLinkIssued: "A setup link was made for you"
        case .setupLinkUsed: "Your setup link was used"
        case .portalPasswordSet: "Your portal password was set"
        case .portalPasswordAdded: "A portal password was added"
        case .totpEnrolled: "An authenticator app was set up"
        case .totpRemoved: "An authenticator app was removed"
        case .totpRenamed: "The authenticator app was renamed to\(name)"
        case .mailboxEnrolled: "Codes by mail were set up\(event.detail.map { " for \($0)" } ?? "")"
        case .mailboxRemoved: "Codes by mail were switched off"
        case .mailedCodeAsked: "A code was asked for by mail\(event.detail.map { " to \($0)" } ?? "")"
        case .passkeyAdded: "The passkey\(name) was added"
        case .passkeyRemoved: "The passkey\(name) was removed"
        case .securityKeyAdded: "The security key\(name) was added"
        case .securityKeyRemoved: "The security key\(name) was removed"
        case .keyRenamed: "A passkey or security key was renamed to\(name)"
        case .keyCopySuspected: "The key\(name) was not let in, as there may be a copy of it"
        case .portalPasswordRemoved: "Your portal password was removed"
        case .recoveryCodesRemoved: "Your recovery codes were removed"
        case .recoveryCodesIssued: "New recovery codes were made"
        case .recoveryCodeUsed: "A recovery code was used"
        case .groupMemberAdded: "You were put into the group \(event.detail ?? "")"
        case .groupMemberRemoved: "You were taken out of the group \(event.detail ?? "")"
        case .identityLinked: "A sign-in was connected\(event.detail.map { ": \($0)" } ?? "")"
        case .identityUnlinked: "A sign-in was disconnected\(event.detail.map { ": \($0)" } ?? "")"
        case .sessionsEnded: "Browsers were signed out"
        case .alertsChanged: "Your alerts were changed"
        default: event.action.rawValue
        }
    }

    private static func network(_ event: AuditEvent) -> String {
        event.detail.flatMap { ClientNetwork($0) }?.network?.description ?? "unknown addresses"
    }

    // MARK: Alerts

    static func alertsGo(to address: String) -> String { "They go to \(address)." }
    static func alertsGoToAdministrator(_ login: String) -> String {
        "\(login) is no mail address, so they go to your administrator."
    }
    static func alertsGoNowhere(_ login: String) -> String {
        "\(login) is no mail address, so nobody gets them. Your administrator can give an address that does (mail.admin)."
    }
    static let alertsAreNotSent =
        "Mail is not set up here yet, so nobody gets them. Your administrator can change that (mail.server); what you choose here is kept until then."

    static func alertHint(_ kind: AlertKind) -> String {
        switch kind {
        case .appPasswordEnded: "By you, by an administrator, or by the link in a mail"
        case .appPasswordFirstUsed: "So you know that the app is set up, and that nobody was faster"
        case .appPasswordNewNetwork: "A phone on the move makes many of these"
        case .approvalAsked: "Where your organisation has set that up"
        case .appPasswordExpiring: "14 and 3 days before"
        case .endedSecretTried: "Once a day for each, with the device’s address"
        case .wrongGuesses: "From 20 within a day, once a day"
        case .newBrowser: "Not for those that you have used before"
        default: ""
        }
    }
}
