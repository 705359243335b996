import Accounts
import Hummingbird
import LatchkeyCore

/// What a setup link opens: the first administrator chooses a login name, everybody a password.
struct SetupPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/setup/{token}", get: show, post: submit)
        routes.at("/setup/{token}/strength", post: advise)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let token = try linkToken(context)
        guard let invitation = try await desk.setupLinks.invitation(bearing: token) else {
            return try await gone(context)
        }
        return try await page(invitation, token, Form(query: request), InvalidInput([]), nil, context)
    }

    private func advise(_ request: Request, _ context: PortalContext) async throws -> Response {
        guard let invitation = try await desk.setupLinks.invitation(bearing: try linkToken(context)) else {
            throw HTTPError(.notFound)
        }
        return .advice(try await advice(on: try await Form(request), invitation))
    }

    private func advice(on form: Form, _ invitation: SetupLinks.Invitation) async throws -> PasswordAdvice? {
        try await desk.setupLinks.advice(
            on: form.secret("password"), for: invitation, login: form.text("login"), name: form.text("name"))
    }

    private func submit(_ request: Request, _ context: PortalContext) async throws -> Response {
        let token = try linkToken(context)
        let form = try await Form(request)
        guard let invitation = try await desk.setupLinks.invitation(bearing: token) else {
            return try await gone(context)
        }
        let isFirst = if case .firstAdministrator = invitation { true } else { false }
        do {
            let accepted = try await desk.setupLinks.accept(
                token: token, login: isFirst ? form.text("login") : nil, name: isFirst ? form.text("name") : nil,
                password: form.has("without-password") ? nil : form.secret("password"), from: context.origin)
            guard let accepted else { return try await gone(context) }
            return Response.redirect(to: accepted.session.nextStep(towards: nil)).carrying(accepted.token)
        } catch let invalid as InvalidInput {
            return try await page(
                invitation, token, form, invalid, try await advice(on: form, invitation), context)
        }
    }

    private func linkToken(_ context: PortalContext) throws -> Secret {
        guard let token = context.parameters.get("token"), token.utf8.count <= SessionCookie.maximumLength else {
            throw HTTPError(.notFound)
        }
        return Secret(token)
    }

    private func gone(_ context: PortalContext) async throws -> Response {
        try await desk.page(SetupGoneView(), title: "This link no longer works", context: context, status: .gone)
    }

    private func page(
        _ invitation: SetupLinks.Invitation, _ token: Secret, _ form: Form, _ invalid: InvalidInput,
        _ advice: PasswordAdvice?, _ context: PortalContext
    ) async throws -> Response {
        var fields: [Field] = []
        var invited: String?
        switch invitation {
        case .firstAdministrator:
            fields = [
                Field(
                    "login", Texts.chooseLoginLabel, autocomplete: "username", value: form.text("login"),
                    hint: Texts.chooseLoginHint, problem: invalid.text(for: "login"), mode: "email"),
                Field(
                    "name", Texts.fullNameLabel, autocomplete: "name", value: form.text("name"),
                    problem: invalid.text(for: "name"), maximumLength: 200),
            ]
        case .account(let account): invited = account.login.text
        }
        // The link's own characters are those of base64url: nothing in them needs escaping.
        let action = "/setup/\(token.reveal() ?? "")"
        fields.append(
            ChoosingPassword(label: Texts.choosePasswordLabel, path: "\(action)/strength")
                .field(invalid, advice: advice))
        return try await desk.page(
            SetupView(
                isFirst: invited == nil, invited: invited, action: action, fields: fields.focused),
            title: Texts.setupTitle, context: context,
            status: invalid.problems.isEmpty ? .ok : .unprocessableContent)
    }
}

struct SetupView: View {
    static let template = Template.setup
    let isFirst: Bool
    let invited: String?
    let action: String
    let fields: [Field]
}

struct SetupGoneView: View {
    static let template = Template.setupGone
}
