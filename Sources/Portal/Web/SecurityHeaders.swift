import HTTPTypes
import Hummingbird

/// What every answer of the portal says to the browser, errors included.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = PortalContext

    static let contentSecurityPolicy = [
        "default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self'", "connect-src 'self'",
        "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    ].joined(separator: "; ")

    /// Nothing of the device is ever asked for.
    static let permissionsPolicy = [
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "midi", "payment",
        "usb",
    ].map { "\($0)=()" }.joined(separator: ", ")

    /// Whether to tell browsers to come back encrypted only (RFC 6797): false where the portal's own address is plain.
    let isEncrypted: Bool

    func handle(
        _ request: Request, context: PortalContext, next: (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers.set("Content-Security-Policy", Self.contentSecurityPolicy)
        response.headers.set("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.set("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.set("Permissions-Policy", Self.permissionsPolicy)
        // Not `no-referrer`: with it browsers send `Origin: null` with our own forms, which `OriginGuard` must refuse.
        // Other hosts learn nothing either way.
        response.headers.set("Referrer-Policy", "same-origin")
        response.headers.set("X-Content-Type-Options", "nosniff")
        response.headers.set("X-Frame-Options", "DENY")
        if isEncrypted { response.headers.set("Strict-Transport-Security", "max-age=31536000") }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }
}
