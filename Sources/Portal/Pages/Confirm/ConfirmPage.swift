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
        let query = try Form(query: request)
        let next = LocalPath(query.text("next"))
        guard !visitor.session.isFresh(at: desk.now()) else { return .redirect(to: next?.text ?? "/") }
        var problems = ConfirmationProblems()
        problems.isCodeMailed = query.has("mailed")
        return try await page(visitor, next, problems, request, context)
    }

    private func submit(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let form = try await Form(request)
        let next = LocalPath(form.text("next"))
        switch try await desk.confirmation(in: form, of: visitor, request, context) {
        case .confirmed(let token, _): return Response.redirect(to: next?.text ?? "/").carrying(token)
        case .mailed: return .redirect(to: "/confirm?mailed=1" + (next.map { "&next=\($0.queryValue)" } ?? ""))
        case .refused(let problems): return try await page(visitor, next, problems, request, context)
        }
    }

    private func page(
        _ visitor: Visitor, _ next: LocalPath?, _ problems: ConfirmationProblems, _ request: Request,
        _ context: PortalContext
    ) async throws -> Response {
        let ways = try await desk.confirmationWays(of: visitor, request)
        let mailed = ways.mailedCode(problems)
        let heading = Texts.confirmHeading(mustEnrol: ways.mustEnrol, isNothing: ways.isNothing)
        return try await desk.page(
            ConfirmView(
                heading: heading, mustEnrol: ways.mustEnrol, isNothing: ways.isNothing,
                keepsForm: next?.namesKeptForm ?? false,
                next: next?.text ?? "", hasCode: ways.takesCodes, fields: ways.codeFields(problems),
                key: ways.key, hasBoth: ways.takesCodes && ways.key != nil, keyProblem: ways.alert(problems),
                mailed: mailed,
                hasMailBeside: mailed != nil && !ways.isMailOnly, providers: ways.providerViews(next: next),
                hasProvidersBeside: !ways.providers.isEmpty && !ways.isElsewhereOnly),
            title: heading, context: context,
            status: problems.isEmpty ? .ok : .unprocessableContent)
    }
}

struct ConfirmView: View {
    static let template = Template.confirm
    let heading: String
    /// Whether a way to confirm must be added first.
    let mustEnrol: Bool
    /// Whether there is nothing to confirm with.
    let isNothing: Bool
    let keepsForm: Bool
    let next: String
    let hasCode: Bool
    let fields: [Field]
    let key: KeyView?
    let hasBoth: Bool
    let keyProblem: String?
    var mailed: MailedCodeView?
    var hasMailBeside = false
    var providers: [ProviderView] = []
    /// Whether they are one way among others.
    var hasProvidersBeside = false
}
