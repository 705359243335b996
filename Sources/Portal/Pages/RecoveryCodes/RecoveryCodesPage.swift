import Accounts
import Hummingbird
import LatchkeyCore

/// Ten new recovery codes, shown once.
struct RecoveryCodesPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/recovery-codes", get: show, post: issue)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.fresh(request, at: desk.now())
        return try await ask(visitor, stepUp: nil, context)
    }

    private func issue(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let form = try await Form(request)
        let fresh: Visitor
        let newToken: Secret?
        switch try await StepUp(desk: desk).check(form, of: visitor, request, context) {
        case .needed(let stepUp): return try await ask(visitor, stepUp: stepUp, context)
        case .fresh(let now, let token): (fresh, newToken) = (now, token)
        }
        // A reload makes no second set, which would quietly end the one just written down.
        guard case .first = desk.tokens.spend(form.text("form"), of: visitor, at: desk.now()) else {
            return try await ask(fresh, stepUp: nil, context).carrying(newToken)
        }
        return try await desk.recoveryCodesPage(of: fresh, isSetup: false, context).carrying(newToken)
    }

    private func ask(_ visitor: Visitor, stepUp: StepUpView?, _ context: PortalContext) async throws -> Response {
        try await desk.page(
            NewRecoveryCodesView(formToken: desk.tokens.issue(to: visitor, at: desk.now()), stepUp: stepUp),
            title: "New recovery codes", context: context, status: stepUp == nil ? .ok : .unprocessableContent)
    }
}

struct NewRecoveryCodesView: View {
    static let template = Template.recoveryCodesNew
    let formToken: String
    let stepUp: StepUpView?
}

struct RecoveryCodesView: View {
    static let template = Template.recoveryCodes
    let isSetup: Bool
    let codes: [String]
    /// Where to go from here.
    let next: String
}

extension Desk {
    /// Issues new codes and shows them: also the last step of setting up an account.
    func recoveryCodesPage(of visitor: Visitor, isSetup: Bool, _ context: PortalContext) async throws -> Response {
        let codes = try await credentials.issueRecoveryCodes(in: visitor.session, from: context.origin)
        let review = isSetup ? try await recovery(of: visitor) : nil
        return try await page(
            RecoveryCodesView(
                isSetup: isSetup, codes: codes.compactMap { $0.reveal() },
                next: review == nil ? "/" : "/recovered"),
            title: "Save your recovery codes", context: context)
    }
}
