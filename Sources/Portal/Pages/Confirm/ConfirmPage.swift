import Accounts
import Hummingbird
import LatchkeyCore

/// Step-up: a fresh code before something dangerous, then back to where the visitor was.
struct ConfirmPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/confirm", get: show, post: submit)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let next = LocalPath(try Form(query: request).text("next"))
        guard !visitor.session.isFresh(at: desk.now()) else { return .redirect(to: next?.text ?? "/") }
        return try await page(next, problem: nil, context)
    }

    private func submit(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let form = try await Form(request)
        let next = LocalPath(form.text("next"))
        let code = form.text("code")
        guard !code.isEmpty else { return try await page(next, problem: Texts.codeMissing, context) }
        let outcome = try await desk.access.confirm(code: code, in: visitor.session, from: context.origin)
        guard case .confirmed(let token, _) = outcome else {
            return try await page(next, problem: try outcome.problem(.authenticatorCode, at: desk.now()), context)
        }
        return Response.redirect(to: next?.text ?? "/").carrying(token)
    }

    private func page(_ next: LocalPath?, problem: String?, _ context: PortalContext) async throws -> Response {
        try await desk.page(
            ConfirmView(next: next?.text ?? "", fields: [Field.code(problem: problem)].focused),
            title: "Confirm that it is you", context: context,
            status: problem == nil ? .ok : .unprocessableContent)
    }
}

struct ConfirmView: View {
    static let template = Template.confirm
    let next: String
    let fields: [Field]
}
