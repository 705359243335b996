/// What the owner of an account is told of by mail.
public enum AlertKind: String, CaseIterable, Sendable {
    case methodAdded = "method-added"
    case methodRemoved = "method-removed"
    case accountOpened = "account-opened"
    case keyCopySuspected = "key-copy-suspected"
    case passwordChanged = "password-changed"
    case recoveryLinkIssued = "recovery-link-issued"
    case recoveryUsed = "recovery-used"
    case recoveryCodesRenewed = "recovery-codes-renewed"
    case appPasswordCreated = "app-password-created"
    case alertsChanged = "alerts-changed"
    case appPasswordEnded = "app-password-ended"
    case appPasswordFirstUsed = "app-password-first-used"
    case appPasswordNewNetwork = "app-password-new-network"
    case approvalAsked = "approval-asked"
    case appPasswordExpiring = "app-password-expiring"
    case endedSecretTried = "ended-secret-tried"
    case wrongGuesses = "wrong-guesses"
    case newBrowser = "new-browser"

    /// Whoever takes over an account would turn off first what tells its owner: what opens a way in is always told.
    public var canBeTurnedOff: Bool {
        switch self {
        case .methodAdded, .methodRemoved, .accountOpened, .keyCopySuspected, .passwordChanged, .recoveryLinkIssued,
            .recoveryUsed,
            .recoveryCodesRenewed, .appPasswordCreated, .alertsChanged:
            false
        case .appPasswordEnded, .appPasswordFirstUsed, .appPasswordNewNetwork, .approvalAsked, .appPasswordExpiring,
            .endedSecretTried,
            .wrongGuesses, .newBrowser:
            true
        }
    }

    /// What it is called where people choose.
    public var title: String {
        switch self {
        case .methodAdded: "A way to sign in is added"
        case .methodRemoved: "A way to sign in is removed"
        case .accountOpened: "An account is made for you when you first sign in through a provider"
        case .keyCopySuspected: "There may be a copy of your passkey or security key"
        case .passwordChanged: "Your password is changed"
        case .recoveryLinkIssued: "A set-up link is made for your account"
        case .recoveryUsed: "A set-up link or a recovery code is used"
        case .recoveryCodesRenewed: "New recovery codes are made"
        case .appPasswordCreated: "An app password is created or gets a new secret"
        case .alertsChanged: "Your choice of alerts is changed"
        case .appPasswordEnded: "An app password is changed or revoked"
        case .appPasswordFirstUsed: "An app password is used for the first time"
        case .appPasswordNewNetwork: "An app password is used from a new network"
        case .approvalAsked: "An app password waits for your yes to a network"
        case .appPasswordExpiring: "An app password is about to expire"
        case .endedSecretTried: "A device still tries an app password that has ended"
        case .wrongGuesses: "Many wrong passwords are tried with your name"
        case .newBrowser: "You sign in to this portal from a new browser or network"
        }
    }
}

extension AuditEvent {
    /// What the way to sign in is called that the event is about; nil for any other, and for ways of which there is one only.
    public var wayName: String? {
        switch action {
        case .passkeyAdded, .passkeyRemoved, .securityKeyAdded, .securityKeyRemoved, .keyCopySuspected, .identityLinked,
            .identityUnlinked, .mailboxEnrolled, .mailboxRemoved:
            detail
        default: nil
        }
    }
}

extension AuditEvent.Action {
    /// The alert that an event of this action is by itself; nil if it is none, or only with what was before it (`sign-in`,
    /// `portal.sign-in`, `portal.sign-in-failed`). An identity that was linked as its account was made is `accountOpened`. The one table: no action is without a line here.
    public var alert: AlertKind? {
        switch self {
        case .appPasswordCreated, .appPasswordRotated: .appPasswordCreated
        case .appPasswordRevoked, .appPasswordChanged: .appPasswordEnded
        case .approvalAsked: .approvalAsked
        case .networkApproved, .networkDenied: nil
        case .setupLinkIssued: .recoveryLinkIssued
        case .setupLinkUsed, .recoveryCodeUsed: .recoveryUsed
        case .portalPasswordSet: .passwordChanged
        case .portalPasswordAdded, .totpEnrolled, .mailboxEnrolled, .passkeyAdded, .securityKeyAdded, .identityLinked:
            .methodAdded
        case .totpRemoved, .mailboxRemoved, .passkeyRemoved, .securityKeyRemoved, .portalPasswordRemoved,
            .recoveryCodesRemoved,
            .identityUnlinked:
            .methodRemoved
        case .keyCopySuspected: .keyCopySuspected
        case .recoveryCodesIssued: .recoveryCodesRenewed
        case .alertsChanged: .alertsChanged
        case .signIn, .portalSignIn, .portalSignInFailed, .portalSignOut, .portalStepUp, .mailedCodeAsked,
            .sessionsEnded, .keyRenamed,
            .totpRenamed:
            nil
        case .accountCreated, .accountChanged, .accountDisabled, .accountEnabled, .accountDeleted: nil
        case .groupCreated, .groupChanged, .groupDeleted, .groupMemberAdded, .groupMemberRemoved: nil
        case .serviceTokenIssued, .serviceTokenRevoked: nil
        }
    }
}
