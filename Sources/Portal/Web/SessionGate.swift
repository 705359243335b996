import Accounts
import HTTPTypes
import Hummingbird
import LatchkeyCore

/// Finds out who sent a request: its address and its session.
struct SessionGate: RouterMiddleware {
    typealias Context = PortalContext

    let access: PortalAccess
    let accounts: any AccountRepository
    let clientAddress: ClientAddress

    func handle(
        _ request: Request, context: PortalContext, next: (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.origin = Origin(
            address: clientAddress.address(of: request, from: context.peer),
            agent: request.headers[.userAgent])
        guard !request.uri.path.hasPrefix(Assets.prefix) else { return try await next(request, context) }
        context.notice = Notice(in: request)
        if let token = SessionCookie.token(in: request),
            let session = try await access.session(bearing: token, from: context.origin),
            let account = try await accounts.account(session.account), !account.isDisabled
        {
            context.visitor = Visitor(token: token, session: session, account: account)
        }
        return try await next(request, context)
    }
}
