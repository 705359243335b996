/// One line of the tamper-evident log: who did what, to whom, from where, and how it ended. Holds no secret.
public struct AuditEvent: Hashable, Sendable {
    public let time: Timestamp
    public let action: Action
    public let actor: Actor
    /// The account it is about.
    public let account: AccountID?
    public let appPassword: AppPasswordID?
    /// Why it failed; nil if it succeeded.
    public let refusal: Refusal?
    public let service: Service?
    public let door: Door?
    public let address: IPAddress?
    public let client: String?
    /// What else an auditor needs, in words: a name, an old and a new value.
    public let detail: String?

    public init(
        time: Timestamp, action: Action, actor: Actor, account: AccountID? = nil, appPassword: AppPasswordID? = nil,
        refusal: Refusal? = nil, service: Service? = nil, door: Door? = nil, address: IPAddress? = nil,
        client: String? = nil, detail: String? = nil
    ) {
        self.time = time
        self.action = action
        self.actor = actor
        self.account = account
        self.appPassword = appPassword
        self.refusal = refusal
        self.service = service
        self.door = door
        self.address = address
        self.client = client
        self.detail = detail
    }

    public init(_ signIn: SignIn) {
        self.init(
            time: signIn.time, action: .signIn, actor: .client, account: signIn.account,
            appPassword: signIn.appPassword,
            refusal: signIn.refusal, service: signIn.service, door: signIn.door, address: signIn.address,
            client: signIn.client, detail: signIn.triedName)
    }

    /// The sign-in that this event records; nil for every other action.
    public var signIn: SignIn? {
        guard action == .signIn, let door else { return nil }
        return SignIn(
            time: time, account: account, appPassword: appPassword, refusal: refusal, service: service, door: door,
            address: address, client: client, triedName: detail)
    }

    public enum Action: String, CaseIterable, Sendable {
        case signIn = "sign-in"
        case appPasswordCreated = "app-password.created"
        case appPasswordRotated = "app-password.rotated"
        case appPasswordRevoked = "app-password.revoked"
        case appPasswordChanged = "app-password.changed"
        /// It was first used from a network, whose owner is asked about it.
        case approvalAsked = "app-password.approval-asked"
        case networkApproved = "app-password.network-approved"
        case networkDenied = "app-password.network-denied"
        case accountCreated = "account.created"
        case accountChanged = "account.changed"
        case accountDisabled = "account.disabled"
        case accountEnabled = "account.enabled"
        case accountDeleted = "account.deleted"
        case groupCreated = "group.created"
        case groupChanged = "group.changed"
        case groupDeleted = "group.deleted"
        case groupMemberAdded = "group.member-added"
        case groupMemberRemoved = "group.member-removed"
        case portalSignIn = "portal.sign-in"
        case portalSignInFailed = "portal.sign-in-failed"
        case portalSignOut = "portal.sign-out"
        case portalStepUp = "portal.step-up"
        case setupLinkIssued = "portal.setup-link-issued"
        case setupLinkUsed = "portal.setup-link-used"
        case portalPasswordSet = "portal.password-set"
        /// To an account that had none.
        case portalPasswordAdded = "portal.password-added"
        case totpEnrolled = "portal.totp-enrolled"
        case totpRemoved = "portal.totp-removed"
        case totpRenamed = "portal.totp-renamed"
        /// Codes by mail go to a mailbox from then on.
        case mailboxEnrolled = "portal.mailbox-enrolled"
        case mailboxRemoved = "portal.mailbox-removed"
        case mailedCodeAsked = "portal.mailed-code-asked"
        case passkeyAdded = "portal.passkey-added"
        case passkeyRemoved = "portal.passkey-removed"
        case securityKeyAdded = "portal.security-key-added"
        case securityKeyRemoved = "portal.security-key-removed"
        case keyRenamed = "portal.key-renamed"
        /// A passkey or security key signed with a counter that had been used before. Nobody was let in.
        case keyCopySuspected = "portal.key-copy-suspected"
        case portalPasswordRemoved = "portal.password-removed"
        case recoveryCodesIssued = "portal.recovery-codes-issued"
        case recoveryCodesRemoved = "portal.recovery-codes-removed"
        case recoveryCodeUsed = "portal.recovery-code-used"
        case identityLinked = "portal.identity-linked"
        case identityUnlinked = "portal.identity-unlinked"
        case sessionsEnded = "portal.sessions-ended"
        case alertsChanged = "portal.alerts-changed"
        case serviceTokenIssued = "service-token.issued"
        case serviceTokenRevoked = "service-token.revoked"
    }

    /// Who did it.
    public enum Actor: Hashable, Sendable {
        /// Latchkey itself, by a rule.
        case system
        /// A mail program or other client that signed in through a door.
        case client
        /// Whoever held a link that was mailed to the account's owner.
        case link
        /// Somebody at the machine's command line, by their system user name.
        case machineUser(String)
        case account(AccountID)
    }
}

extension AuditEvent.Actor: CustomStringConvertible {
    /// The stored form: `system`, `client`, `link`, `machine:root`, `account:0193…`.
    public var description: String {
        switch self {
        case .system: "system"
        case .client: "client"
        case .link: "link"
        case .machineUser(let name): "machine:\(name)"
        case .account(let id): "account:\(id)"
        }
    }

    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map { String($0) }
        switch (parts.first, parts.dropFirst().first) {
        case ("system", nil): self = .system
        case ("client", nil): self = .client
        case ("link", nil): self = .link
        case ("machine", let name?): self = .machineUser(name)
        case ("account", let id?):
            guard let id = AccountID(id) else { return nil }
            self = .account(id)
        default: return nil
        }
    }
}
