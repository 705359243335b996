import Accounts
import Hummingbird
import LatchkeyCore

/// “Was it you?”: a network from which an app password was first used, and the owner's answer.
struct ApprovalPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/app-passwords/{id}/approve", get: ask, post: answer)
    }

    private func ask(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let appPassword = try await desk.appPassword(in: context, of: visitor)
        return try await page(appPassword, try Form(query: request), visitor, stepUp: nil, context)
    }

    /// A yes opens a door, and needs a fresh code; a no only closes one.
    private func answer(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let appPassword = try await desk.appPassword(in: context, of: visitor)
        let form = try await Form(request)
        guard let approvals = desk.approvals,
            let waiting = try await waiting(form, appPassword, visitor)
        else { return .redirect(to: appPassword.path) }
        let actor = AuditEvent.Actor.account(visitor.account.id)
        guard form.text("answer") == "yes" else {
            _ = try await approvals.deny(
                waiting.network, of: appPassword, actor: actor, from: context.origin.address, at: desk.now())
            return .redirect(
                to: "\(appPassword.path)/revoke", saying: Notice(.networkDenied, about: appPassword.id))
        }
        switch try await StepUp(desk: desk).check(
            form, of: visitor, request, context,
            returningTo: request.uri.path + "?network=\(PercentEncoding.encode(form.text("network")))")
        {
        case .needed(let stepUp): return try await page(appPassword, form, visitor, stepUp: stepUp, context)
        case .fresh(_, let newToken):
            _ = try await approvals.approve(
                waiting.network, of: appPassword, actor: actor, from: context.origin.address, at: desk.now())
            return Response.redirect(to: appPassword.path, saying: Notice(.networkApproved, about: appPassword.id))
                .carrying(newToken)
        }
    }

    private func waiting(
        _ form: Form, _ appPassword: AppPassword, _ visitor: Visitor
    ) async throws -> WaitingNetwork? {
        guard let network = ClientNetwork(form.text("network")) else { return nil }
        return try await desk.approvals?.waiting(of: visitor.account.id, at: desk.now())
            .first { $0.appPassword == appPassword.id && $0.network == network }
    }

    private func page(
        _ appPassword: AppPassword, _ form: Form, _ visitor: Visitor, stepUp: StepUpView?, _ context: PortalContext
    ) async throws -> Response {
        guard let waiting = try await waiting(form, appPassword, visitor) else {
            return .redirect(to: appPassword.path)
        }
        return try await desk.page(
            ApprovalView(
                label: appPassword.name, asked: QuestionView(waiting, of: appPassword, now: desk.now()), stepUp: stepUp),
            title: Texts.liveQuestion, context: context, status: stepUp == nil ? .ok : .unprocessableContent)
    }
}

struct ApprovalView: View {
    static let template = Template.approval
    let label: String
    let asked: QuestionView
    let stepUp: StepUpView?
}
