import Accounts
import HTTPTypes
import Hummingbird
import LatchkeyCore
import Logging
import Synchronization

/// Finds out who sent a request: its address and its session.
final class SessionGate: RouterMiddleware {
    typealias Context = PortalContext

    let access: PortalAccess
    let accounts: any AccountRepository
    let clientAddress: ClientAddress
    private let hasWarned = Mutex(false)

    init(access: PortalAccess, accounts: any AccountRepository, clientAddress: ClientAddress) {
        self.access = access
        self.accounts = accounts
        self.clientAddress = clientAddress
    }

    func handle(
        _ request: Request, context: PortalContext, next: (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let peer = context.peer, clientAddress.isIgnored(request, from: peer) { warn(of: peer, context.logger) }
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

    /// Once: any browser that reaches the portal itself can send such a header.
    private func warn(of peer: IPAddress, _ logger: Logger) {
        let isFirst = hasWarned.withLock { hasWarned in
            defer { hasWarned = true }
            return !hasWarned
        }
        guard isFirst else { return }
        logger.warning(
            "X-Forwarded-For is not believed: if this is your proxy, list its network in portal.trusted, or all its visitors count as one",
            metadata: ["peer": "\(peer)"])
    }
}
