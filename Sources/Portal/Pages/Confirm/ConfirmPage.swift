import Accounts
import Hummingbird
import LatchkeyCore

/// Step-up: a fresh code or key before something dangerous, then back to where the visitor was.
struct ConfirmPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/confirm", get: show, post: submit)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let next = LocalPath(try Form(query: request).text("next"))
        guard !visitor.session.isFresh(at: desk.now()) else { return .redirect(to: next?.text ?? "/") }
        return try await page(visitor, next, Problems(), request, context)
    }

    private func submit(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let form = try await Form(request)
        let next = LocalPath(form.text("next"))
        let outcome: CodeOutcome
        var problems = Problems()
        if let answer = form.ceremonyAnswer, let site = desk.site(of: request) {
            outcome = try await desk.access.confirm(answer, at: site, in: visitor.session, from: context.origin)
            problems.key = try outcome.problem(.key, at: desk.now())
        } else {
            let code = form.text("code")
            guard !code.isEmpty else {
                return try await page(visitor, next, Problems(code: Texts.codeMissing), request, context)
            }
            outcome = try await desk.access.confirm(code: code, in: visitor.session, from: context.origin)
            problems.code = try outcome.problem(.authenticatorCode, at: desk.now())
        }
        guard case .confirmed(let token, _) = outcome else {
            return try await page(visitor, next, problems, request, context)
        }
        return Response.redirect(to: next?.text ?? "/").carrying(token)
    }

    private struct Problems {
        var code: String?
        var key: String?
    }

    private func page(
        _ visitor: Visitor, _ next: LocalPath?, _ problems: Problems, _ request: Request, _ context: PortalContext
    ) async throws -> Response {
        let ways = try await desk.confirmationWays(of: visitor, request)
        return try await desk.page(
            ConfirmView(
                next: next?.text ?? "", hasCode: ways.takesCodes, fields: [Field.code(problem: problems.code)].focused,
                key: ways.key, hasBoth: ways.takesCodes && ways.key != nil, keyProblem: problems.key,
                providers: ways.providerViews(next: next),
                hasProvidersBeside: !ways.providers.isEmpty && !ways.isProvidersOnly),
            title: "Confirm that it is you", context: context,
            status: problems.code == nil && problems.key == nil ? .ok : .unprocessableContent)
    }
}

struct ConfirmView: View {
    static let template = Template.confirm
    let next: String
    let hasCode: Bool
    let fields: [Field]
    let key: KeyView?
    let hasBoth: Bool
    let keyProblem: String?
    var providers: [ProviderView] = []
    /// Whether they are one way among others.
    var hasProvidersBeside = false
}
