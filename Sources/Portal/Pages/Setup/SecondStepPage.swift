import Accounts
import Hummingbird
import LatchkeyCore

/// Where somebody goes who has yet to enrol a strong way to sign in: without a password, or what counts as one, only a passkey will do.
struct SecondStepPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/set-up", get: lead)
    }

    private func lead(_ request: Request, _ context: PortalContext) async throws -> Response {
        guard let visitor = context.visitor else { return .redirect(to: "/sign-in") }
        guard visitor.session.stage == .enrolment else { return .redirect(to: visitor.session.nextStep(towards: nil)) }
        let hasFirst = try await desk.credentials.ways(of: visitor.account.id).hasFirstFactor
        return .redirect(to: hasFirst ? "/authenticator" : "/passkeys/new")
    }
}

extension Desk {
    /// Who may add a way to sign in: somebody setting up, somebody signed in whose last sign-in is fresh, or who has nothing yet to confirm with.
    func enrolling(_ request: Request, _ context: PortalContext) async throws -> Visitor {
        if let visitor = context.visitor {
            if visitor.session.stage == .enrolment { return visitor }
            if try await credentials.mayEnrol(in: visitor.session) { return visitor }
        }
        return try context.fresh(request, at: now())
    }
}
