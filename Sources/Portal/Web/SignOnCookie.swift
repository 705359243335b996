import HTTPTypes
import Hummingbird
import LatchkeyCore

/// The cookie of a browser that is away at a provider: what comes back is taken from this browser alone. It is `Lax`, as the provider leads the
/// browser back.
enum SignOnCookie {
    private static let name = "__Host-latchkey-sso"

    static func token(in request: Request) -> Secret? {
        guard let value = request.cookies[name]?.value, !value.isEmpty,
            value.utf8.count <= SessionCookie.maximumLength
        else { return nil }
        return Secret(value)
    }

    /// For as long as somebody may stay away.
    static func set(_ token: Secret) -> String? {
        token.reveal().map { "\(name)=\($0); Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax" }
    }
}
