import Accounts
import Hummingbird
import LatchkeyCore

/// The second step of signing in: a code of the authenticator app, a key or a code by mail, or a recovery code in their place.
struct SecondFactorPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/sign-in/code", get: showCode, post: submitCode)
        routes.at("/sign-in/key", post: submitKey)
        routes.at("/sign-in/recovery", get: showRecovery, post: submitRecovery)
    }

    private func showCode(_ request: Request, _ context: PortalContext) async throws -> Response {
        let query = try Form(query: request)
        let next = LocalPath(query.text("next"))
        let visitor = try half(context, next)
        var problems = ConfirmationProblems()
        problems.isCodeMailed = query.has("mailed")
        return try await codePage(visitor, next, problems, request, context)
    }

    private func submitCode(_ request: Request, _ context: PortalContext) async throws -> Response {
        try await submit(try await Form(request), request, context)
    }

    private func submitKey(_ request: Request, _ context: PortalContext) async throws -> Response {
        let form = try await Form(request)
        guard form.ceremonyAnswer != nil, desk.site(of: request) != nil else {
            let next = LocalPath(form.text("next"))
            return try await codePage(
                try half(context, next), next, ConfirmationProblems(key: Texts.keyNotUsed), request, context)
        }
        return try await submit(form, request, context)
    }

    private func submit(_ form: Form, _ request: Request, _ context: PortalContext) async throws -> Response {
        let next = LocalPath(form.text("next"))
        let visitor = try half(context, next)
        switch try await desk.confirmation(in: form, of: visitor, request, context) {
        case .confirmed(let token, let session):
            return Response.redirect(to: session.nextStep(towards: next)).carrying(token)
        case .mailed: return .redirect(to: "/sign-in/code?mailed=1" + (next.map { "&next=\($0.queryValue)" } ?? ""))
        case .refused(let problems): return try await codePage(visitor, next, problems, request, context)
        }
    }

    private func showRecovery(_ request: Request, _ context: PortalContext) async throws -> Response {
        let next = LocalPath(try Form(query: request).text("next"))
        _ = try half(context, next)
        return try await recoveryPage(next, problem: nil, context)
    }

    private func submitRecovery(_ request: Request, _ context: PortalContext) async throws -> Response {
        let form = try await Form(request)
        let next = LocalPath(form.text("next"))
        let visitor = try half(context, next)
        let code = form.text("recovery-code")
        guard !code.isEmpty else { return try await recoveryPage(next, problem: Texts.recoveryCodeMissing, context) }
        let outcome = try await desk.access.redeem(recoveryCode: code, in: visitor.session, from: context.origin)
        guard case .confirmed(let token, let session) = outcome else {
            return try await recoveryPage(next, problem: try outcome.problem(.recoveryCode, at: desk.now()), context)
        }
        return Response.redirect(to: session.nextStep(towards: next)).carrying(token)
    }

    /// Only who typed the right password gets to ask about codes.
    private func half(_ context: PortalContext, _ next: LocalPath?) throws -> Visitor {
        guard let visitor = context.visitor else { throw Detour(to: "/sign-in") }
        guard visitor.session.stage == .secondFactor else {
            throw Detour(to: visitor.session.nextStep(towards: next))
        }
        return visitor
    }

    private func codePage(
        _ visitor: Visitor, _ next: LocalPath?, _ problems: ConfirmationProblems, _ request: Request,
        _ context: PortalContext
    ) async throws -> Response {
        let ways = try await desk.confirmationWays(of: visitor, request)
        let texts = Texts.secondStep(
            login: visitor.account.login.text, takesCodes: ways.takesCodes, takesKeys: ways.key != nil,
            first: visitor.session.methods.first, isElsewhereOnly: ways.isElsewhereOnly, isNothing: ways.isNothing)
        let mailed = ways.mailedCode(problems)
        return try await desk.page(
            CodeView(
                heading: texts.heading, lede: texts.lede, next: next?.text ?? "", nextQuery: next?.queryValue ?? "",
                hasCode: ways.takesCodes, fields: ways.codeFields(problems), key: ways.key,
                hasBoth: ways.takesCodes && ways.key != nil, keyProblem: ways.alert(problems), mailed: mailed,
                hasMailBeside: mailed != nil && !ways.isMailOnly, providers: ways.providerViews(next: next),
                hasProvidersBeside: !ways.providers.isEmpty && !ways.isElsewhereOnly, isNothing: ways.isNothing),
            title: texts.heading, context: context, status: problems.isEmpty ? .ok : .unprocessableContent)
    }

    private func recoveryPage(_ next: LocalPath?, problem: String?, _ context: PortalContext) async throws -> Response {
        let field = Field(
            "recovery-code", Texts.recoveryCodeLabel, autocomplete: "off", problem: problem, maximumLength: 64)
        return try await desk.page(
            RecoveryCodeView(
                next: next?.text ?? "", nextQuery: next?.queryValue ?? "", fields: [field].focused),
            title: "Use a recovery code", context: context, status: problem == nil ? .ok : .unprocessableContent)
    }
}

struct CodeView: View {
    static let template = Template.code
    let heading: String
    let lede: String
    let next: String
    let nextQuery: String
    let hasCode: Bool
    let fields: [Field]
    let key: KeyView?
    let hasBoth: Bool
    let keyProblem: String?
    var mailed: MailedCodeView?
    /// Whether it is one way among others.
    var hasMailBeside = false
    var providers: [ProviderView] = []
    var hasProvidersBeside = false
    /// Whether only a recovery code is left.
    var isNothing = false
}

struct RecoveryCodeView: View {
    static let template = Template.recoveryCode
    let next: String
    let nextQuery: String
    let fields: [Field]
}

extension CodeOutcome {
    enum Kind { case authenticatorCode, recoveryCode, mailedCode, key }

    /// What to tell the person; nil if it was right. Leads to the beginning if the session is over.
    func problem(_ kind: Kind, at now: Timestamp) throws -> String? {
        switch self {
        case .wrong:
            switch kind {
            case .authenticatorCode: Texts.codeWrong
            case .recoveryCode: Texts.recoveryCodeWrong
            case .mailedCode: Texts.mailedCodeWrong
            case .key: Texts.keyRefused
            }
        case .alreadyUsed:
            switch kind {
            case .recoveryCode: Texts.recoveryCodeUsed
            case .mailedCode: Texts.mailedCodeUsed
            case .authenticatorCode, .key: Texts.codeUsed
            }
        case .throttled(let until): Texts.throttled(until: Moment(until, now: now))
        case .ended: throw Detour(to: "/sign-in")
        case .confirmed: nil
        }
    }
}
