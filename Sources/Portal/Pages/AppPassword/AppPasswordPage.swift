import Accounts
import Hummingbird
import LatchkeyCore

/// One app password: what it may do, what used it, and the way to renew or revoke it.
struct AppPasswordPage: Page {
    /// Attempts shown; the rest is under Activity.
    static let recent = 10

    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/app-passwords/{id}", get: show)
        routes.at("/app-passwords/{id}/revoke", get: askToRevoke, post: revoke)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let appPassword = try await desk.appPassword(in: context, of: visitor)
        let now = desk.now()
        let entries = try await desk.audit.entries(
            matching: AuditFilter(account: visitor.account.id, appPassword: appPassword.id, action: .signIn), limit: 200
        )
        let attempts = AttemptView.lines(entries.map(\.event), account: visitor.account, now: now) { _ in appPassword }
        return try await desk.page(
            AppPasswordView(
                appPassword, questions: try await desk.questions(of: visitor, about: [appPassword]),
                attempts: Array(attempts.prefix(Self.recent)), now: now),
            title: appPassword.name, context: context)
    }

    private func askToRevoke(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let appPassword = try await desk.appPassword(in: context, of: visitor)
        let now = desk.now()
        guard !appPassword.state(at: now).isOver else { return .redirect(to: appPassword.path) }
        return try await desk.page(
            RevokeView(
                href: appPassword.path, label: appPassword.name,
                consequence: Texts.revokeConsequence(name: appPassword.name, client: appPassword.lastUse?.client),
                lastUse: appPassword.lastUse.map { LastUseView($0, now: now) }, services: appPassword.services.titles),
            title: "Revoke \(appPassword.name)", context: context)
    }

    /// Needs no step-up: it only closes a door, and who finds their mailbox abused must not look for a phone first.
    private func revoke(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let appPassword = try await desk.appPassword(in: context, of: visitor)
        _ = try await desk.issuer.revoke(
            appPassword, actor: .account(visitor.account.id), from: context.origin.address, with: context.origin.agent,
            at: desk.now())
        let next = LocalPath(try await Form(request).text("next"))
        return .redirect(to: next?.text ?? "/", saying: Notice(.revoked, about: appPassword.id))
    }
}

struct AppPasswordView: View {
    static let template = Template.appPassword
    let href: String
    let label: String
    let application: String
    let applicationTitle: String
    let chip: Chip?
    let explanation: String?
    let questions: [QuestionView]
    let successor: String?
    let services: String
    let serviceNames: String
    let networks: String
    let lastUse: LastUseView?
    let expires: String
    let created: Moment
    let works: Bool
    let canRotate: Bool
    let attempts: [AttemptView]
    let hasAttempts: Bool

    init(_ appPassword: AppPassword, questions: [QuestionView] = [], attempts: [AttemptView], now: Timestamp) {
        let state = appPassword.state(at: now)
        href = appPassword.path
        label = appPassword.name
        application = appPassword.icon
        applicationTitle = LatchkeyCore.Application.named(appPassword.application)?.title ?? appPassword.application
        chip = Chip(appPassword, now: now)
        explanation = appPassword.stateExplanation(at: now)
        self.questions = questions
        successor = appPassword.successor.map { "/app-passwords/\($0)" }
        services = appPassword.services.titles
        serviceNames = appPassword.services.inOrder.map(\.name).joined(separator: ", ")
        networks =
            appPassword.networks.isEmpty
            ? Texts.anywhere : appPassword.networks.map(\.description).joined(separator: ", ")
        lastUse = appPassword.lastUse.map { LastUseView($0, now: now) }
        expires = appPassword.expiryText
        created = Moment(appPassword.created, now: now)
        works = !state.isOver
        canRotate = state == .active
        self.attempts = attempts
        hasAttempts = !attempts.isEmpty
    }
}

struct RevokeView: View {
    static let template = Template.revoke
    let href: String
    let label: String
    let consequence: String
    let lastUse: LastUseView?
    let services: String
}

extension AppPassword {
    /// When it stops working, for people.
    var expiryText: String { expires.map { Texts.stops(Moment.date($0)) } ?? Texts.stopsNever }

    fileprivate func stateExplanation(at now: Timestamp) -> String? {
        switch (state(at: now), end) {
        case (.retiring, let end?): Texts.retiring(until: Moment.date(end.time))
        case (.revoked, let end?):
            end.cause == .rotated
                ? Texts.replaced(on: Moment.date(end.time)) : Texts.revoked(on: Moment.date(end.time))
        case (.expired, _): expires.map { Texts.expired(on: Moment.date($0)) }
        default: nil
        }
    }
}
