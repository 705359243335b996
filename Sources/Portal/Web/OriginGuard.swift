import HTTPTypes
import Hummingbird

/// Refuses what another site makes a browser send. Two independent signs must agree: `Sec-Fetch-Site` (Fetch Metadata)
/// and `Origin` (RFC 6454 §7.2), both of which no page can forge. A request with neither is refused.
struct OriginGuard: RouterMiddleware {
    typealias Context = PortalContext

    /// The portal's own origin, for example `https://keys.example.org`; nil where it is only reached on its own machine.
    let origin: String?

    func handle(
        _ request: Request, context: PortalContext, next: (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        guard
            request.method == .get || request.method == .head || BackChannelLogout.isPath(request.uri.path)
                || isOwn(request)
        else {
            throw HTTPError(.forbidden)
        }
        return try await next(request, context)
    }

    func isOwn(_ request: Request) -> Bool {
        let sites = request.headers.values(named: "Sec-Fetch-Site")
        let origins = request.headers[values: .origin]
        guard sites.count <= 1, origins.count <= 1, sites.count + origins.count > 0 else { return false }
        return sites.allSatisfy { $0 == "same-origin" } && origins.allSatisfy { isOwn($0, of: request) }
    }

    private func isOwn(_ sent: String, of request: Request) -> Bool {
        if let origin { return sent == origin }
        guard let host = request.head.authority, Self.isLoopback(host) else { return false }
        return sent == "http://\(host)"
    }

    /// A name of the own machine only: any other name could be led here by somebody else's name server (DNS rebinding).
    static func isLoopback(_ authority: String) -> Bool {
        let end = authority.lastIndex(of: ":").flatMap { colon in
            authority[authority.index(after: colon)...].allSatisfy(\.isNumber) ? colon : nil
        }
        return ["localhost", "127.0.0.1", "[::1]"].contains(String(authority[..<(end ?? authority.endIndex)]))
    }
}
