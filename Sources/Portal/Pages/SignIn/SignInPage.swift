import Accounts
import Hummingbird
import LatchkeyCore

/// Login name and password. One text for every refusal, so that nobody learns who has an account here.
struct SignInPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/sign-in", get: show, post: submit)
        routes.at("/sign-out", post: leave)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let next = LocalPath(try Form(query: request).text("next"))
        if let visitor = context.visitor { return .redirect(to: visitor.session.nextStep(towards: next)) }
        return try await page(Answers(next: next), context)
    }

    private func submit(_ request: Request, _ context: PortalContext) async throws -> Response {
        let form = try await Form(request)
        var answers = Answers(login: form.text("login"), next: LocalPath(form.text("next")))
        let password = form.secret("password")
        if answers.login.isEmpty { answers.loginProblem = Texts.loginMissing }
        if password.isEmpty { answers.passwordProblem = Texts.passwordMissing }
        guard answers.loginProblem == nil, answers.passwordProblem == nil else {
            return try await page(answers, context, status: .unprocessableContent)
        }
        switch try await desk.access.signIn(login: answers.login, password: password, from: context.origin) {
        case .refused:
            answers.failure = Texts.signInRefused
            return try await page(answers, context, status: .unprocessableContent)
        case .throttled(let until):
            answers.failure = Texts.throttled(until: desk.moment(until))
            return try await page(answers, context, status: .tooManyRequests)
        case .started(let token, let session):
            return Response.redirect(to: session.nextStep(towards: answers.next)).carrying(token)
        }
    }

    private func leave(_ request: Request, _ context: PortalContext) async throws -> Response {
        if let visitor = context.visitor { try await desk.access.signOut(visitor.session, from: context.origin) }
        return Response.redirect(to: "/sign-in", saying: Notice(.signedOut)).adding(cookie: SessionCookie.cleared)
    }

    private struct Answers {
        var login = ""
        var next: LocalPath?
        var loginProblem: String?
        var passwordProblem: String?
        var failure: String?
    }

    private func page(_ answers: Answers, _ context: PortalContext, status: HTTPResponse.Status = .ok) async throws
        -> Response
    {
        let fields = [
            Field(
                "login", Texts.loginLabel, autocomplete: "username", value: answers.login, hint: Texts.loginHint,
                problem: answers.loginProblem, mode: "email", maximumLength: LoginName.maximumLength),
            Field(
                "password", Texts.passwordLabel, .password, autocomplete: "current-password",
                problem: answers.passwordProblem, maximumLength: Attempt.maximumSecretLength),
        ]
        return try await desk.page(
            SignInView(failure: answers.failure, next: answers.next?.text ?? "", fields: fields.focused),
            title: "Sign in", context: context, status: status)
    }
}

struct SignInView: View {
    static let template = Template.signIn
    let failure: String?
    let next: String
    let fields: [Field]
}

extension Session {
    /// Where a visitor at this stage has to go, on the way to `next`.
    func nextStep(towards next: LocalPath?) -> String {
        switch stage {
        case .signedIn: next?.text ?? "/"
        case .secondFactor: next.map { "/sign-in/code?next=\($0.queryValue)" } ?? "/sign-in/code"
        case .enrolment: "/authenticator"
        }
    }
}
