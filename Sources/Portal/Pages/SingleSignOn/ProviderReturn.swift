import Accounts
import Hummingbird
import LatchkeyCore
import Logging
import OIDCClient

/// Takes browsers back from identity providers, and says what came of it.
struct ProviderReturn: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/sign-in/callback/{provider}", get: take)
    }

    private func take(_ request: Request, _ context: PortalContext) async throws -> Response {
        let provider = try desk.provider(in: context)
        guard let signOn = desk.singleSignOn else { throw HTTPError(.notFound) }
        let back = try await signOn.finish(
            query: request.uri.query ?? "", from: provider, browser: SignOnCookie.token(in: request),
            in: context.visitor?.session, from: context.origin)
        // It was sealed meanwhile, and still is read as what a link may hold.
        let next = back.next.flatMap { LocalPath($0) }
        if case .signedIn(_, let session) = back.homecoming, session.isUntold(at: desk.now()) {
            context.logger.warning(
                "A provider does not say when its people signed in (auth_time), so nobody can confirm there",
                metadata: ["provider": "\(provider.name)"])
        }
        switch back.homecoming {
        case .signedIn(let token, let session), .confirmed(let token, let session):
            return Response.redirect(to: session.nextStep(towards: next)).carrying(token)
        case .linked(let token, _): return Response.redirect(to: "/", saying: Notice(.identityLinked)).carrying(token)
        case .refused(let refusal):
            context.logger.info(
                "Nobody was let in through a provider",
                metadata: ["provider": "\(provider.name)", "cause": "\(refusal.cause)"])
            return try await desk.signOnRefused(
                refusal, by: provider, next: back.next, isConfirmation: back.wasConfirmation, context)
        }
    }
}

struct SignOnRefusedView: View {
    static let template = Template.signOnRefused
    let heading: String
    let explanation: String
    let again: OtherWay?
    let otherWay: OtherWay
    /// Whether the other way is the only one.
    let isOnlyWay: Bool
}

extension Desk {
    /// The page that says why nothing came of it, and what to do.
    func signOnRefused(
        _ refusal: SignOnRefusal, by provider: IdentityProvider, next: String?, isConfirmation: Bool = false,
        _ context: PortalContext
    ) async throws -> Response {
        let texts = Texts.signOnRefused(refusal, title: provider.title, isSignedIn: context.visitor != nil)
        let query = next.flatMap { LocalPath($0) }.map { "?next=\($0.queryValue)" } ?? ""
        let way: OtherWay
        let again: String
        switch context.visitor?.session.stage {
        case nil:
            again = "/sign-in/with/\(provider.name)\(query)"
            way = OtherWay(text: "", href: "/sign-in\(query)", action: Texts.toSignIn)
        case .signedIn?:
            again = isConfirmation ? "/confirm/with/\(provider.name)\(query)" : "/connect/\(provider.name)"
            way =
                isConfirmation
                ? OtherWay(text: "", href: "/confirm\(query)", action: Texts.confirmOtherwise)
                : OtherWay(text: "", href: "/", action: Texts.toSecurityInfo)
        case .secondFactor?, .enrolment?:
            again = "/confirm/with/\(provider.name)\(query)"
            way = OtherWay(text: "", href: "/sign-in\(query)", action: Texts.confirmOtherwise)
        }
        let label = Texts.tryAgain(provider.title)
        return try await page(
            SignOnRefusedView(
                heading: texts.heading, explanation: texts.explanation,
                again: refusal.mayTryAgain ? OtherWay(text: "", href: again, action: label) : nil, otherWay: way,
                isOnlyWay: !refusal.mayTryAgain),
            title: texts.heading, context: context, status: refusal.status)
    }
}

extension SignOnRefusal {
    /// For the log.
    fileprivate var cause: String {
        switch self {
        case .provider(let error): error.description
        case .noAccount: "the identity opens no account"
        case .loginTaken: "there is an account of this name, and the identity is not linked to it"
        case .singleFactor: "the provider did not tell of a second factor"
        case .untold: "the provider did not say when the person signed in (auth_time)"
        case .otherPerson: "somebody else has confirmed"
        case .taken: "the identity is another account's"
        case .tooMany: "the account has as many identities as it may"
        case .sessionOver: "the session is over"
        }
    }

    fileprivate var mayTryAgain: Bool {
        switch self {
        case .provider, .otherPerson, .singleFactor, .taken: true
        case .noAccount, .loginTaken, .untold, .tooMany, .sessionOver: false
        }
    }

    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .provider(let error): error.isTemporary ? .serviceUnavailable : .badRequest
        case .noAccount, .singleFactor, .untold, .otherPerson: .forbidden
        case .loginTaken, .taken, .tooMany, .sessionOver: .conflict
        }
    }
}
