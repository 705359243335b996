import LatchkeyCore

/// Where to listen: `unix:/run/latchkey/auth`, `127.0.0.1:8090`, `[::1]:8090` or `localhost:8090`.
public enum Endpoint: Hashable, Sendable {
    /// An absolute path of at most 107 octets.
    case unix(path: String)
    /// An address or a host name; port 0 takes any free one.
    case tcp(host: String, port: Int)

    /// `sun_path` of `unix(7)` holds 108 octets, one of them the NUL.
    static let maximumPathLength = 107
    /// Octets of a domain name (RFC 1035 §2.3.4).
    static let maximumHostLength = 253

    /// Nil for any other form.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            self.init(path: String(text.dropFirst("unix:".count)))
        } else {
            self.init(hostAndPort: text)
        }
    }

    private init?(path: String) {
        guard path.hasPrefix("/"), !path.hasSuffix("/"), path.utf8.count <= Self.maximumPathLength,
            Attempt.printable(path, limit: Self.maximumPathLength) == path
        else { return nil }
        self = .unix(path: path)
    }

    private init?(hostAndPort text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits), let host = Self.host(text[..<colon])
        else { return nil }
        self = .tcp(host: host, port: Int(port))
    }

    private static func host(_ part: Substring) -> String? {
        if part.hasPrefix("["), part.hasSuffix("]"), part.contains(":") {
            let literal = part.dropFirst().dropLast()
            return IPAddress(literal) == nil ? nil : String(literal)
        }
        guard !part.isEmpty, part.utf8.count <= maximumHostLength,
            part.utf8.allSatisfy({ $0 < 0x80 && (Character(.init($0)).isLetter || "0123456789.-".utf8.contains($0)) })
        else { return nil }
        return String(part)
    }
}

extension Endpoint: CustomStringConvertible {
    /// The form that `init` reads.
    public var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
