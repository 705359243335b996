import Accounts
import Hummingbird
import LatchkeyCore

/// A passkey, or login name and password. One text for every refusal, so that nobody learns who has an account here.
struct SignInPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/sign-in", get: show, post: submit)
        routes.at("/sign-in/passkey", post: submitPasskey)
        routes.at("/sign-out", post: leave)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let next = LocalPath(try Form(query: request).text("next"))
        if let visitor = context.visitor { return .redirect(to: visitor.session.nextStep(towards: next)) }
        return try await page(Answers(next: next), request, context)
    }

    private func submit(_ request: Request, _ context: PortalContext) async throws -> Response {
        let form = try await Form(request)
        var answers = Answers(login: form.text("login"), next: LocalPath(form.text("next")))
        let password = form.secret("password")
        if answers.login.isEmpty { answers.loginProblem = Texts.loginMissing }
        if password.isEmpty { answers.passwordProblem = Texts.passwordMissing }
        guard answers.loginProblem == nil, answers.passwordProblem == nil else {
            return try await page(answers, request, context, status: .unprocessableContent)
        }
        switch try await desk.access.signIn(login: answers.login, password: password, from: context.origin) {
        case .refused:
            answers.failure = Texts.signInRefused
            return try await page(answers, request, context, status: .unprocessableContent)
        case .throttled(let until):
            answers.failure = Texts.throttled(until: desk.moment(until))
            return try await page(answers, request, context, status: .tooManyRequests)
        case .started(let token, let session):
            return Response.redirect(to: session.nextStep(towards: answers.next)).carrying(token)
        }
    }

    private func submitPasskey(_ request: Request, _ context: PortalContext) async throws -> Response {
        let form = try await Form(request)
        var answers = Answers(next: LocalPath(form.text("next")))
        answers.failure = Texts.passkeyRefused
        guard let answer = form.ceremonyAnswer, let site = desk.site(of: request) else {
            return try await page(answers, request, context, status: .unprocessableContent)
        }
        switch try await desk.access.signIn(with: answer, at: site, from: context.origin) {
        case .refused: return try await page(answers, request, context, status: .unprocessableContent)
        case .throttled(let until):
            answers.failure = Texts.throttled(until: desk.moment(until))
            return try await page(answers, request, context, status: .tooManyRequests)
        case .started(let token, let session):
            return Response.redirect(to: session.nextStep(towards: answers.next)).carrying(token)
        }
    }

    private func leave(_ request: Request, _ context: PortalContext) async throws -> Response {
        var response = Response.redirect(to: "/sign-in", saying: Notice(.signedOut))
        if let visitor = context.visitor {
            let from = try await desk.singleSignOn?.origin(of: visitor.session)
            try await desk.access.signOut(visitor.session, from: context.origin)
            // Only now: the provider may take its time to answer.
            if let from, let address = desk.address(for: request),
                let url = try await desk.singleSignOn?.signOutURL(of: from, returningTo: "\(address)/sign-in")
            {
                response = try await signedOut(leadingTo: url, context)
            }
        }
        return response.adding(cookie: SessionCookie.cleared)
    }

    /// Leads on to the provider. By a page, not a redirect: this answers a form, and the content security policy lets no form end elsewhere.
    private func signedOut(leadingTo url: String, _ context: PortalContext) async throws -> Response {
        var context = context
        context.visitor = nil
        var response = try await desk.page(SignedOutView(provider: url), title: "Signed out", context: context)
        response.headers.set("Refresh", "0; url=\(url)")
        return response.adding(cookie: Notice(.signedOut).cookie)
    }

    private struct Answers {
        var login = ""
        var next: LocalPath?
        var loginProblem: String?
        var passwordProblem: String?
        var failure: String?
    }

    private func page(
        _ answers: Answers, _ request: Request, _ context: PortalContext, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let key = try desk.site(of: request).map { site in
            KeyView(using: try desk.access.passkeySignIn(at: site), label: Texts.usePasskey, isConditional: true)
        }
        let providers = desk.singleSignOn?.providers ?? []
        let fields = [
            Field(
                "login", Texts.loginLabel, autocomplete: "username webauthn", value: answers.login,
                hint: Texts.loginHint,
                problem: answers.loginProblem, mode: "email", maximumLength: LoginName.maximumLength),
            Field(
                "password", Texts.passwordLabel, .password, autocomplete: "current-password",
                problem: answers.passwordProblem, maximumLength: Attempt.maximumSecretLength),
        ]
        return try await desk.page(
            SignInView(
                failure: answers.failure, next: answers.next?.text ?? "", fields: fields.focused, key: key,
                providers: providers.map { .signIn($0, next: answers.next) }, hasProviders: !providers.isEmpty),
            title: "Sign in", context: context, status: status)
    }
}

struct SignInView: View {
    static let template = Template.signIn
    let failure: String?
    let next: String
    let fields: [Field]
    let key: KeyView?
    var providers: [ProviderView] = []
    var hasProviders = false
}

struct SignedOutView: View {
    static let template = Template.signedOut
    let provider: String
}

extension Session {
    /// Where a visitor at this stage has to go, on the way to `next`.
    func nextStep(towards next: LocalPath?) -> String {
        switch stage {
        case .signedIn: next?.text ?? "/"
        case .secondFactor: next.map { "/sign-in/code?next=\($0.queryValue)" } ?? "/sign-in/code"
        case .enrolment: "/set-up"
        }
    }
}
