import Accounts
import HTTPTypes
import Hummingbird
import LatchkeyCore
import Logging
import OIDCClient

/// Where a provider's server says who has signed out there (OpenID Connect Back-Channel Logout §2.5). No browser comes here: what it says is
/// believed for the provider's signature alone.
struct BackChannelLogout: Page {
    /// Octets of a logout token, which is in a field of a form.
    private static let maximumTokenLength = 16_384

    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/sso/{provider}/backchannel-logout", post: take)
    }

    /// Whether this is such a path, for which `OriginGuard` has no say.
    static func isPath(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0].isEmpty && parts[1] == "sso" && parts[3] == "backchannel-logout"
    }

    private func take(_ request: Request, _ context: PortalContext) async throws -> Response {
        let provider = try desk.provider(in: context)
        guard let signOn = desk.singleSignOn else { throw HTTPError(.notFound) }
        let form = try await Form(request, maximumFieldLength: Self.maximumTokenLength)
        do {
            let ended = try await signOn.endSessions(
                named: Confidential(form.text("logout_token")), by: provider, from: context.origin)
            context.logger.info(
                "A provider has signed somebody out",
                metadata: ["provider": "\(provider.name)", "sessions": "\(ended)"])
            return answer(.ok)
        } catch let error as LogoutError {
            context.logger.notice(
                "A logout token was not obeyed", metadata: ["provider": "\(provider.name)", "cause": "\(error)"])
            return answer(error.isTemporary ? .serviceUnavailable : .badRequest)
        }
    }

    private func answer(_ status: HTTPResponse.Status) -> Response {
        Response(status: status, headers: [.cacheControl: "no-store"])
    }
}
