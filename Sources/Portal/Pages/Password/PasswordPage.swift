import Accounts
import Hummingbird
import LatchkeyCore

/// Changes the portal password, or gives one to who has none.
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
            let isFirst = try await desk.credentials.ways(of: fresh.account.id).passwordSet == nil
            // There was a change since the form was shown: it is not what its sender means any more.
            guard isFirst != form.has("current-password") else {
                return .redirect(to: "/password").carrying(newToken)
            }
            let done = isFirst ? try await add(form, fresh, context) : try await replace(form, fresh, context)
            return done.carrying(newToken)
        } catch let invalid as InvalidInput {
            let advice = try await desk.credentials.advice(on: form.secret("password"), for: fresh.account)
            return try await page(fresh, invalid, advice, stepUp: nil, context).carrying(newToken)
        }
    }

    private func replace(_ form: Form, _ visitor: Visitor, _ context: PortalContext) async throws -> Response {
        let changed = try await desk.credentials.changePassword(
            current: form.secret("current-password"), new: form.secret("password"), in: visitor.session,
            from: context.origin)
        switch changed {
        case .changed: return .redirect(to: "/", saying: Notice(.passwordChanged))
        case .wrong: throw InvalidInput(field: "current-password", text: Texts.currentPasswordWrong)
        case .throttled(let until):
            throw InvalidInput(field: "current-password", text: Texts.throttled(until: desk.moment(until)))
        }
    }

    private func add(_ form: Form, _ visitor: Visitor, _ context: PortalContext) async throws -> Response {
        switch try await desk.credentials.addPassword(
            form.secret("password"), in: visitor.session, from: context.origin)
        {
        case .added: .redirect(to: "/", saying: Notice(.passwordAdded))
        // What can be done now stands there.
        case .exists, .noPasskey: .redirect(to: "/password")
        case .ended: throw Detour(to: "/sign-in")
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
        let ways = try await desk.credentials.ways(of: visitor.account.id)
        let isFirst = ways.passwordSet == nil
        let current = Field(
            "current-password", Texts.currentPasswordLabel, .password, autocomplete: "current-password",
            problem: invalid.text(for: "current-password"), maximumLength: Attempt.maximumSecretLength)
        let new = ChoosingPassword(
            label: isFirst ? Texts.choosePasswordLabel : Texts.newPasswordLabel, path: "/password/strength"
        ).field(invalid, advice: advice)
        let fields = isFirst ? [new] : [current, new]
        let texts = isFirst ? Texts.addPasswordForm : Texts.changePassword
        let needsPasskey = isFirst && !ways.mayAddPassword
        return try await desk.page(
            PasswordView(
                login: visitor.account.login.text, heading: texts.heading,
                lede: needsPasskey ? Texts.passwordNeedsPasskey : texts.lede, action: texts.action,
                needsPasskey: needsPasskey, fields: stepUp == nil ? fields.focused : fields, stepUp: stepUp,
                remove: isFirst
                    ? nil
                    : RemoveView(.password, of: ways, texts: Texts.removePassword, path: "/password/remove")),
            title: texts.heading, context: context,
            status: invalid.problems.isEmpty && stepUp == nil ? .ok : .unprocessableContent)
    }
}

struct PasswordView: View {
    static let template = Template.password
    let login: String
    let heading: String
    let lede: String
    let action: String
    /// There is nothing to fill in: a passkey comes first.
    let needsPasskey: Bool
    let fields: [Field]
    let stepUp: StepUpView?
    /// Nil where there is none to remove.
    let remove: RemoveView?
}
