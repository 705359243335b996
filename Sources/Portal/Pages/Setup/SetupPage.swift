import Accounts
import Hummingbird
import LatchkeyCore

/// What a setup link opens: the first administrator chooses a login name, everybody a password.
struct SetupPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/setup/{token}", get: show, post: submit)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let token = try linkToken(context)
        guard let invitation = try await desk.setupLinks.invitation(bearing: token) else {
            return try await gone(context)
        }
        return try await page(invitation, Form(query: request), InvalidInput([]), request, context)
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
            return try await page(invitation, form, invalid, request, context)
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
        _ invitation: SetupLinks.Invitation, _ form: Form, _ invalid: InvalidInput, _ request: Request,
        _ context: PortalContext
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
        fields.append(
            Field(
                "password", Texts.choosePasswordLabel, .password, autocomplete: "new-password",
                hint: Texts.choosePasswordHint, problem: invalid.text(for: "password"),
                maximumLength: Attempt.maximumSecretLength))
        return try await desk.page(
            SetupView(
                isFirst: invited == nil, invited: invited, action: request.uri.path, fields: fields.focused),
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
