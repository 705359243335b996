import HTTPTypes
import Hummingbird
import WebAuthn

/// Tells password stores where passkeys of this site are made and managed (W3C, A Well-Known URL for Relying Party Passkey Endpoints).
struct PasskeyEndpoints: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/.well-known/passkey-endpoints", get: answer)
    }

    private func answer(_ request: Request, _ context: PortalContext) async throws -> Response {
        guard let site = desk.site(of: request), let origin = site.origins.first else { throw HTTPError(.notFound) }
        // Scheme, host and port have nothing in them that JSON escapes.
        let json = #"{"enroll":"\#(origin)/passkeys/new","manage":"\#(origin)/"}"#
        return Response(
            status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: .init(string: json)))
    }
}
