/// What a path asks for. Paths are compared as they are sent: nothing is normalised, so nothing can be hidden in one.
enum Route: Equatable {
    case health
    case verify
    /// `/auth/basic`, with the service if the path names one.
    case basic(service: String?)
    /// `auth_http` of nginx's mail proxy.
    case nginxMail

    private static let basicPath = "/auth/basic"
    static let nginxMailPath = "/auth/nginx-mail"

    init?(_ path: Substring) {
        switch path {
        case "/health": self = .health
        case "/verify": self = .verify
        case Self.nginxMailPath[...]: self = .nginxMail
        default:
            guard path.utf8.starts(with: Self.basicPath.utf8) else { return nil }
            let rest = path.utf8.dropFirst(Self.basicPath.utf8.count)
            if rest.isEmpty {
                self = .basic(service: nil)
            } else if rest.first == UInt8(ascii: "/") {
                // A proxy may write the colon of `http:wiki` as `%3A`. What is no escape stays, and then is no service name.
                let name = PercentEncoding.decode(path.dropFirst(Self.basicPath.count + 1))
                self = .basic(service: String(decoding: name, as: UTF8.self))
            } else {
                return nil
            }
        }
    }

    /// The methods it takes; nil for any.
    var methods: [Request.Method]? {
        switch self {
        case .health: [.get, .head]
        case .verify: [.post]
        case .basic: nil
        case .nginxMail: [.get]
        }
    }
}
