import HTTPTypes
import Hummingbird
import LatchkeyCore

/// The cookie that holds the session's token. `__Host-` binds it to this host, this path and encrypted transport; a
/// browser counts its own machine (localhost) as encrypted.
enum SessionCookie {
    static let name = "__Host-latchkey"
    /// A token is far shorter; what is longer is not looked up.
    static let maximumLength = 256

    static func token(in request: Request) -> Secret? {
        guard let value = request.cookies[name]?.value, !value.isEmpty, value.utf8.count <= maximumLength else {
            return nil
        }
        return Secret(value)
    }

    static func set(_ token: Secret) -> String? {
        token.reveal().map { "\(name)=\($0); Path=/; Secure; HttpOnly; SameSite=Lax" }
    }

    static let cleared = "\(name)=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"
}

extension Response {
    /// This response, with a new session token for the browser.
    func carrying(_ token: Secret?) -> Response {
        guard let token, let cookie = SessionCookie.set(token) else { return self }
        return adding(cookie: cookie)
    }

    func adding(cookie: String) -> Response {
        var response = self
        response.headers.append(HTTPField(name: .setCookie, value: cookie))
        return response
    }
}
