import Accounts
import Hummingbird
import LatchkeyCore

/// Enrols an authenticator app: the second step of setting up an account, and the way to change phones.
struct AuthenticatorPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/authenticator", get: show, post: confirm)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try await desk.enrolling(request, context)
        let enrolment = try await desk.credentials.beginTOTP(in: visitor.session)
        return try await page(enrolment, visitor, problem: nil, context)
    }

    private func confirm(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try await desk.enrolling(request, context)
        let form = try await Form(request)
        let isSetup = visitor.session.stage == .enrolment
        var problem: String? = Texts.codeMissing
        let code = form.text("code")
        if !code.isEmpty {
            let outcome = try await desk.credentials.confirmTOTP(
                code: code, in: visitor.session, from: context.origin)
            if case .confirmed(let token, let session) = outcome {
                let now = Visitor(token: token, session: session, account: visitor.account)
                guard isSetup else {
                    return Response.redirect(to: "/", saying: Notice(.authenticatorReplaced)).carrying(token)
                }
                return try await desk.recoveryCodesPage(of: now, isSetup: true, context).carrying(token)
            }
            problem = try outcome.problem(.authenticatorCode, at: desk.now())
        }
        let enrolment = try await desk.credentials.pendingTOTP(in: visitor.session)
        return try await page(enrolment, visitor, problem: problem, context)
    }

    private func page(
        _ enrolment: TOTPEnrolment, _ visitor: Visitor, problem: String?, _ context: PortalContext
    ) async throws -> Response {
        let isSetup = visitor.session.stage == .enrolment
        let ways = try await desk.credentials.ways(of: visitor.account.id)
        let heading =
            isSetup || ways.totpEnrolled == nil ? Texts.enrolHeading : Texts.replaceHeading
        var field = Field.code(problem: problem)
        field.hasFocus = problem != nil
        return try await desk.page(
            AuthenticatorView(
                isSetup: isSetup, heading: heading,
                code: QRCode(enrolment.uri), groups: enrolment.secret.reveal().map(Self.grouped) ?? "",
                fields: [field],
                otherWays: isSetup
                    ? [Texts.passkeyInstead] + (desk.offersCodesByMail(to: visitor) ? [Texts.mailInstead] : []) : []),
            title: heading, context: context,
            status: problem == nil ? .ok : .unprocessableContent)
    }

    /// In groups of four, to be typed by hand.
    static func grouped(_ text: String) -> String {
        stride(from: 0, to: text.count, by: 4)
            .map { String(text.dropFirst($0).prefix(4)) }
            .joined(separator: " ")
    }
}

struct AuthenticatorView: View {
    static let template = Template.authenticator
    let isSetup: Bool
    let heading: String
    let code: QRCode?
    let groups: String
    let fields: [Field]
    let otherWays: [OtherWay]
}
