import Accounts
import Hummingbird
import LatchkeyCore

/// What the link in a mail about a new app password opens: what it revokes, and one button. Needs no sign-in, and gives none. Opening it changes
/// nothing, because mail scanners open every link.
struct RevocationLinkPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/revoke/{token}", get: show, post: revoke)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let token = try linkToken(context)
        guard let appPassword = try await desk.revocationLinks.appPassword(bearing: token),
            let account = try await desk.accounts.account(appPassword.account)
        else { return try await gone(context) }
        let view = RevocationLinkView(
            appPassword, of: account, action: request.uri.path, isSignedIn: context.visitor != nil, now: desk.now())
        return try await desk.page(
            view, title: view.isOver ? "It opens nothing any more" : "Revoke \(appPassword.name)", context: context)
    }

    private func revoke(_ request: Request, _ context: PortalContext) async throws -> Response {
        guard try await desk.revocationLinks.revoke(bearing: linkToken(context), from: context.origin) else {
            return try await gone(context)
        }
        return .redirect(to: request.uri.path)
    }

    private func linkToken(_ context: PortalContext) throws -> Secret {
        guard let token = context.parameters.get("token"), token.utf8.count <= SessionCookie.maximumLength else {
            throw HTTPError(.notFound)
        }
        return Secret(token)
    }

    /// The same for a link that was never ours and for one that is too old.
    private func gone(_ context: PortalContext) async throws -> Response {
        try await desk.page(
            RevocationLinkGoneView(), title: "This link no longer works", context: context, status: .gone)
    }
}

struct RevocationLinkView: View {
    static let template = Template.revocationLink
    let isOver: Bool
    let action: String
    let label: String
    let login: String
    let consequence: String
    let services: String
    let created: Moment
    let lastUse: LastUseView?
    let isSignedIn: Bool

    init(_ appPassword: AppPassword, of account: Account, action: String, isSignedIn: Bool, now: Timestamp) {
        isOver = appPassword.state(at: now).isOver
        self.action = action
        label = appPassword.name
        login = account.login.text
        consequence = Texts.revokeConsequence(name: appPassword.name, client: appPassword.lastUse?.client)
        services = appPassword.services.titles
        created = Moment(appPassword.created, now: now)
        lastUse = appPassword.lastUse.map { LastUseView($0, now: now) }
        self.isSignedIn = isSignedIn
    }
}

struct RevocationLinkGoneView: View {
    static let template = Template.revocationLinkGone
}
