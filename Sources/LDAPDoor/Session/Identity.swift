import LatchkeyCore

/// Who a connection speaks for (RFC 4513 §4).
enum Identity: Hashable, Sendable {
    case anonymous
    /// `app` is the view that they bound in.
    case person(LoginName, app: Service?)
    case service(RelyingService)
}
