import LatchkeyCore

/// What a path asks for. Paths are compared as they are sent: nothing is normalised, so nothing can be hidden in one.
enum Route: Equatable {
    case health
    case verify
    /// `/auth/basic`, with the service if the path names one.
    case basic(service: String?)

    private static let basicPath = "/auth/basic"

    init?(_ path: Substring) {
        switch path {
        case "/health": self = .health
        case "/verify": self = .verify
        default:
            guard path.utf8.starts(with: Self.basicPath.utf8) else { return nil }
            let rest = path.utf8.dropFirst(Self.basicPath.utf8.count)
            if rest.isEmpty {
                self = .basic(service: nil)
            } else if rest.first == UInt8(ascii: "/") {
                self = .basic(service: Self.percentDecoded(Array(rest.dropFirst())))
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
        }
    }

    /// A proxy may write the colon of `http:wiki` as `%3A`. What is no escape stays, and then is no service name.
    private static func percentDecoded(_ octets: [UInt8]) -> String {
        var decoded: [UInt8] = []
        var place = 0
        while place < octets.count {
            if octets[place] == UInt8(ascii: "%"), place + 2 < octets.count,
                let high = Hex.value(of: octets[place + 1]), let low = Hex.value(of: octets[place + 2])
            {
                decoded.append(high << 4 | low)
                place += 3
            } else {
                decoded.append(octets[place])
                place += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
