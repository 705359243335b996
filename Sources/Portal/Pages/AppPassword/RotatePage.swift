import Accounts
import Hummingbird
import LatchkeyCore

/// A new secret for the same application, while the old one still works.
struct RotatePage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/app-passwords/{id}/rotate", get: ask, post: rotate)
    }

    private func ask(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.fresh(request, at: desk.now())
        let appPassword = try await desk.appPassword(in: context, of: visitor)
        guard appPassword.state(at: desk.now()) == .active else { return .redirect(to: appPassword.path) }
        return try await page(appPassword, visitor, stepUp: nil, context)
    }

    private func rotate(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let appPassword = try await desk.appPassword(in: context, of: visitor)
        let form = try await Form(request)
        let fresh: Visitor
        let newToken: Secret?
        switch try await StepUp(desk: desk).check(form, of: visitor, request, context) {
        case .needed(let stepUp): return try await page(appPassword, visitor, stepUp: stepUp, context)
        case .fresh(let now, let token): (fresh, newToken) = (now, token)
        }
        let formToken = form.text("form")
        switch desk.tokens.spend(formToken, of: visitor, at: desk.now()) {
        case .again(let made): return try await desk.alreadyMade(made, context).carrying(newToken)
        case .stale: return try await page(appPassword, fresh, stepUp: nil, context).carrying(newToken)
        case .first: break
        }
        var rng = SystemRandomNumberGenerator()
        let issued = try await desk.issuer.rotate(
            appPassword, actor: .account(visitor.account.id), from: context.origin.address, with: context.origin.agent,
            at: desk.now(), using: &rng)
        guard let issued else { return Response.redirect(to: appPassword.path).carrying(newToken) }
        desk.tokens.note(issued.appPassword.id, for: formToken)
        return try await desk.secretPage(issued, replacing: appPassword, visitor, context).carrying(newToken)
    }

    private func page(_ appPassword: AppPassword, _ visitor: Visitor, stepUp: StepUpView?, _ context: PortalContext)
        async throws -> Response
    {
        try await desk.page(
            RotateView(
                href: appPassword.path, label: appPassword.name,
                formToken: desk.tokens.issue(to: visitor, at: desk.now()), stepUp: stepUp),
            title: "New secret for \(appPassword.name)", context: context,
            status: stepUp == nil ? .ok : .unprocessableContent)
    }
}

struct RotateView: View {
    static let template = Template.rotate
    let href: String
    let label: String
    let formToken: String
    let stepUp: StepUpView?
}
