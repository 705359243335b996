import Accounts
import Hummingbird
import LatchkeyCore

/// Security info: how the visitor signs in, their app passwords, and what happened lately.
struct HomePage: Page {
    static let recentLines = 5
    /// Problems older than this no longer come first.
    static let recentSpan: Duration = .days(7)
    /// Events looked at for the recent lines.
    static let recentEvents = 200

    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/", get: show)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let now = desk.now()
        let id = visitor.account.id
        let ways = try await desk.credentials.ways(of: id)
        let sessions = try await desk.access.sessions(of: id)
        let appPasswords = try await desk.appPasswords.appPasswords(of: id, includingEnded: true, at: now)
        let entries = try await desk.audit.entries(matching: AuditFilter(account: id), limit: Self.recentEvents)
        let view = HomeView(
            ways: WayView.all(ways, titles: desk.title, sessions: sessions.count, now: now),
            additions: Addition.all(ways, offersMail: desk.offersCodesByMail(to: visitor)) + additions(ways),
            advice: Advice(ways), questions: try await desk.questions(of: visitor, about: appPasswords),
            appPasswords: appPasswords,
            attempts: Self.recent(entries.map(\.event), visitor.account, appPasswords, now: now), now: now)
        return try await desk.page(view, title: "Security info", context: context, width: .list, section: .security)
    }

    /// Providers that the visitor is not connected with.
    private func additions(_ ways: WaysToSignIn) -> [Addition] {
        let providers = desk.singleSignOn?.providers ?? []
        let linked = Set(ways.identities.compactMap { desk.singleSignOn?.provider(of: $0.key)?.name })
        return providers.filter { !linked.contains($0.name) }.map {
            Addition(id: "connect-\($0.name)", href: "/connect/\($0.name)", label: Texts.connect($0.title))
        }
    }

    /// The problems of the last days first, then the newest of the rest.
    static func recent(
        _ events: [AuditEvent], _ account: Account, _ appPasswords: [AppPassword], now: Timestamp
    ) -> [AttemptView] {
        let isUrgent: (AuditEvent) -> Bool = { $0.refusal != nil && now - $0.time <= recentSpan }
        let sorted = events.filter(isUrgent) + events.filter { !isUrgent($0) }
        let lines = AttemptView.lines(sorted, account: account, now: now) { id in
            appPasswords.first { $0.id == id }
        }
        return Array(lines.prefix(recentLines))
    }
}

struct HomeView: View {
    static let template = Template.home
    let ways: [WayView]
    let additions: [Addition]
    let advice: Advice?
    let questions: [QuestionView]
    let hasAppPasswords: Bool
    let current: [AppPasswordRow]
    let hasEnded: Bool
    let endedSummary: String
    let ended: [AppPasswordRow]
    let hasActivity: Bool
    let attempts: [AttemptView]

    /// Ended ones shown; the rest is in the activity.
    private static let endedLimit = 20

    init(
        ways: [WayView], additions: [Addition], advice: Advice?, questions: [QuestionView] = [],
        appPasswords: [AppPassword], attempts: [AttemptView], now: Timestamp
    ) {
        self.ways = ways
        self.additions = additions
        self.advice = advice
        self.questions = questions
        let over = appPasswords.filter { $0.state(at: now).isOver }
        current = appPasswords.filter { !$0.state(at: now).isOver }.map { AppPasswordRow($0, now: now) }
        hasAppPasswords = !current.isEmpty
        ended = over.prefix(Self.endedLimit).map { AppPasswordRow($0, now: now) }
        hasEnded = !over.isEmpty
        endedSummary = Texts.ended(over.count)
        self.attempts = attempts
        hasActivity = !attempts.isEmpty
    }
}

/// One way to sign in, with the one thing that can be done about it.
struct WayView: Sendable {
    let id: String
    let icon: String
    let heading: String
    let line: String
    let at: Moment?
    let href: String
    let action: String
    let actionLabel: String
}

/// What is missing to be safe.
struct Advice: Sendable {
    let text: String
    let href: String
    let action: String
}

extension WayView {
    /// `titles` says what an identity's provider is called.
    static func all(
        _ ways: WaysToSignIn, titles: (LinkedIdentity) -> String = \.issuer, sessions: Int, now: Timestamp
    ) -> [WayView] {
        var views = ways.keys.map { WayView($0, now: now) }
        views += ways.identities.map { WayView($0, title: titles($0), now: now) }
        if let set = ways.passwordSet {
            views.append(
                WayView(
                    id: "change-password", icon: "password", heading: "Password", line: Texts.changed,
                    at: Moment(set, now: now), href: "/password", action: Texts.change, actionLabel: "Change password"))
        }
        if let enrolled = ways.totpEnrolled {
            views.append(
                WayView(
                    id: "change-authenticator", icon: "authenticator", heading: ways.totpName ?? Texts.authenticatorApp,
                    line: ways.totpLastUsed == nil ? Texts.setUp : Texts.lastUsed,
                    at: Moment(ways.totpLastUsed ?? enrolled, now: now), href: "/authenticator/app",
                    action: Texts.manage,
                    actionLabel: Texts.manage(ways.totpName ?? "authenticator app")))
        }
        if let mailbox = ways.mailbox {
            views.append(
                WayView(
                    id: "change-mailbox", icon: "email-client", heading: Texts.codesByMailHeading,
                    line: "\(mailbox.address) · "
                        + (mailbox.isUsable
                            ? (mailbox.lastUse == nil ? Texts.setUp : Texts.lastUsed) : Texts.codesByMailOff),
                    at: mailbox.isUsable ? Moment(mailbox.lastUse ?? mailbox.since, now: now) : nil,
                    href: "/codes-by-mail", action: mailbox.isUsable ? Texts.change : Texts.manage,
                    actionLabel: "Change codes by mail"))
        }
        if ways.hasFirstFactor, ways.hasSecondFactor {
            views.append(
                WayView(
                    id: "new-recovery-codes", icon: "recovery", heading: "Recovery codes",
                    line: Texts.recoveryCodesLeft(ways.recoveryCodesLeft)
                        + (ways.recoveryCodeLastUsed == nil ? "" : Texts.recoveryCodeLastUsed),
                    at: ways.recoveryCodeLastUsed.map { Moment($0, now: now) }, href: "/recovery-codes",
                    action: Texts.newCodes, actionLabel: "New recovery codes"))
        }
        views.append(
            WayView(
                id: "sessions", icon: "browser", heading: "Signed in now", line: Texts.browsers(sessions), at: nil,
                href: "/sessions", action: Texts.show, actionLabel: "Show where you are signed in"))
        return views
    }
}

extension WayView {
    init(_ key: WebAuthnCredential, now: Timestamp) {
        self.init(
            id: "key-\(key.id)", icon: key.kind == .passkey ? "passkey" : "security-key", heading: key.name,
            line: key.lastUse == nil ? Texts.added : Texts.lastUsed, at: Moment(key.lastUse ?? key.added, now: now),
            href: "\(key.kind.path)/\(key.id)", action: Texts.manage, actionLabel: Texts.manage(key.name))
    }
}

extension WayView {
    init(_ identity: LinkedIdentity, title: String, now: Timestamp) {
        self.init(
            id: "identity-\(identity.id)", icon: "provider", heading: title,
            line: (identity.email.map { "\($0) · " } ?? "")
                + (identity.lastUse == nil ? Texts.connected : Texts.lastUsed),
            at: Moment(identity.lastUse ?? identity.added, now: now), href: "/identities/\(identity.id)",
            action: Texts.manage, actionLabel: Texts.manage(title))
    }
}

/// A way to sign in that could be added.
struct Addition: Sendable {
    let id: String
    let href: String
    let label: String

    /// `offersMail`: codes by mail are for this account, too.
    static func all(_ ways: WaysToSignIn, offersMail: Bool = false) -> [Addition] {
        var all = [Addition(id: "add-passkey", href: "/passkeys/new", label: Texts.addPasskey)]
        if ways.mayAddPassword { all.append(Addition(id: "add-password", href: "/password", label: Texts.addPassword)) }
        // What follows a password, or what counts as one, or confirms what signs in alone, is of no use without any of them.
        guard ways.takesSecondFactor else { return all }
        all.append(Addition(id: "add-security-key", href: "/security-keys/new", label: Texts.addSecurityKey))
        if ways.totpEnrolled == nil {
            all.append(Addition(id: "add-authenticator", href: "/authenticator", label: Texts.addAuthenticator))
        }
        if offersMail, ways.mailbox == nil {
            all.append(Addition(id: "add-codes-by-mail", href: "/codes-by-mail", label: Texts.addCodesByMail))
        }
        return all
    }
}

extension Advice {
    init?(_ ways: WaysToSignIn) {
        if ways.needsRecoveryCodes {
            let text = ways.recoveryCodesLeft == 0 ? Texts.noRecoveryCodes : Texts.fewRecoveryCodes
            self.init(text: text, href: "/recovery-codes", action: Texts.newCodes)
        } else if !ways.hasPasskey, ways.passwordSet != nil {
            self.init(text: Texts.addPasskeyAdvice, href: "/passkeys/new", action: Texts.addPasskey)
        } else {
            return nil
        }
    }
}
