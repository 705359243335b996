import Accounts
import Hummingbird
import LatchkeyCore

/// "Which app?": the first step of a new app password. With an application chosen, its form.
struct NewAppPasswordPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/app-passwords/new", get: show)
        routes.at("/app-passwords", post: create)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.fresh(request, at: desk.now())
        let chosen = try Form(query: request).text("application")
        guard let application = LatchkeyCore.Application.named(chosen) else {
            return try await desk.page(
                ApplicationsView(), title: "Which app is it for?", context: context, section: .security)
        }
        guard let kept = try await desk.keptForm(request, of: visitor) else {
            return try await page(Draft(application), visitor, context)
        }
        var context = context
        context.notice = kept.notice
        return try await page(kept.form.map { Draft(application, $0) } ?? Draft(application), visitor, context)
    }

    /// Answers with the secret itself: it is in no URL, no session and no redirect.
    private func create(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let form = try await Form(request)
        guard let application = LatchkeyCore.Application.named(form.text("application")) else {
            return .redirect(to: "/app-passwords/new")
        }
        var draft = Draft(application, form)
        let newToken: Secret?
        let fresh: Visitor
        switch try await StepUp(desk: desk).check(
            form, of: visitor, request, context, returningTo: "/app-passwords/new?application=\(application.id)",
            keeping: Draft.fields)
        {
        case .needed(let stepUp):
            draft.stepUp = stepUp
            return try await page(draft, visitor, context, status: .unprocessableContent)
        case .fresh(let now, let token): (fresh, newToken) = (now, token)
        }
        do {
            let request = try draft.request()
            let formToken = form.text("form")
            switch desk.tokens.spend(formToken, of: visitor, at: desk.now()) {
            case .again(let made): return try await desk.alreadyMade(made, context).carrying(newToken)
            case .stale:
                draft.failure = Texts.formStale
                return try await page(draft, fresh, context, status: .unprocessableContent).carrying(newToken)
            case .first: break
            }
            var rng = SystemRandomNumberGenerator()
            let issued = try await desk.issuer.create(
                request, for: visitor.account.id, actor: .account(visitor.account.id), from: context.origin.address,
                with: context.origin.agent,
                at: desk.now(), using: &rng)
            desk.tokens.note(issued.appPassword.id, for: formToken)
            return try await desk.secretPage(issued, replacing: nil, visitor, context).carrying(newToken)
        } catch let invalid as InvalidInput {
            draft.invalid = invalid
            return try await page(draft, fresh, context, status: .unprocessableContent).carrying(newToken)
        }
    }

    private func page(
        _ draft: Draft, _ visitor: Visitor, _ context: PortalContext, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        try await desk.page(
            NewAppPasswordView(
                draft, formToken: desk.tokens.issue(to: visitor, at: desk.now()),
                ownAddress: context.origin.address?.description),
            title: "New app password", context: context, status: status)
    }
}
