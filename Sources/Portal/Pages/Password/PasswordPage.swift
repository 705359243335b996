import Accounts
import Hummingbird
import LatchkeyCore

/// Changes the portal password.
struct PasswordPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/password", get: show, post: change)
        routes.at("/password/remove", post: remove)
        routes.at("/password/strength", post: advise)
        // Where a password manager leads people whose password it found in a breach (W3C, A Well-Known URL for Changing Passwords).
        routes.at("/.well-known/change-password", get: { _, _ in .redirect(to: "/password") })
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.fresh(request, at: desk.now())
        return try await page(visitor, InvalidInput([]), nil, stepUp: nil, context)
    }

    private func advise(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let password = try await Form(request).secret("password")
        return .advice(try await desk.credentials.advice(on: password, for: visitor.account))
    }

    private func change(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let form = try await Form(request)
        let fresh: Visitor
        let newToken: Secret?
        switch try await StepUp(desk: desk).check(form, of: visitor, request, context) {
        case .needed(let stepUp): return try await page(visitor, InvalidInput([]), nil, stepUp: stepUp, context)
        case .fresh(let now, let token): (fresh, newToken) = (now, token)
        }
        do {
            let changed = try await desk.credentials.changePassword(
                current: form.secret("current-password"), new: form.secret("password"), in: fresh.session,
                from: context.origin)
            switch changed {
            case .changed: break
            case .wrong: throw InvalidInput(field: "current-password", text: Texts.currentPasswordWrong)
            case .throttled(let until):
                throw InvalidInput(field: "current-password", text: Texts.throttled(until: desk.moment(until)))
            }
            return Response.redirect(to: "/", saying: Notice(.passwordChanged)).carrying(newToken)
        } catch let invalid as InvalidInput {
            let advice = try await desk.credentials.advice(on: form.secret("password"), for: fresh.account)
            return try await page(fresh, invalid, advice, stepUp: nil, context).carrying(newToken)
        }
    }

    private func remove(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.fresh(request, at: desk.now(), thenAt: "/password")
        switch try await desk.credentials.remove(.password, in: visitor.session, from: context.origin) {
        case .removed: return .redirect(to: "/", saying: Notice(.passwordRemoved))
        case .gone: return .redirect(to: "/")
        case .lastWay: return .redirect(to: "/password")
        }
    }

    private func page(
        _ visitor: Visitor, _ invalid: InvalidInput, _ advice: PasswordAdvice?, stepUp: StepUpView?,
        _ context: PortalContext
    ) async throws -> Response {
        let fields = [
            Field(
                "current-password", Texts.currentPasswordLabel, .password, autocomplete: "current-password",
                problem: invalid.text(for: "current-password"), maximumLength: Attempt.maximumSecretLength),
            ChoosingPassword(label: Texts.newPasswordLabel, path: "/password/strength").field(invalid, advice: advice),
        ]
        let ways = try await desk.credentials.ways(of: visitor.account.id)
        return try await desk.page(
            PasswordView(
                login: visitor.account.login.text, fields: stepUp == nil ? fields.focused : fields, stepUp: stepUp,
                remove: RemoveView(.password, of: ways, texts: Texts.removePassword, path: "/password/remove")),
            title: "Change your password", context: context,
            status: invalid.problems.isEmpty && stepUp == nil ? .ok : .unprocessableContent)
    }
}

struct PasswordView: View {
    static let template = Template.password
    let login: String
    let fields: [Field]
    let stepUp: StepUpView?
    let remove: RemoveView
}
