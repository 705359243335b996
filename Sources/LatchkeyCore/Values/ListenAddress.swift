/// Where a door listens: `unix:/run/latchkey/auth`, `127.0.0.1:8081`, `[::1]:8081`, `localhost:0`.
public enum ListenAddress: Hashable, Sendable {
    /// An absolute path of at most 107 octets.
    case unix(path: String)
    /// An IPv4 or IPv6 address or a host name; port 0 takes any free one.
    case tcp(host: String, port: Int)

    /// `sun_path` of `unix(7)` holds 108 octets, one of them the NUL.
    public static let maximumPathLength = 107
    /// Octets of a domain name (RFC 1035 §2.3.4).
    public static let maximumHostLength = 253

    public init(_ text: String) throws(ListenAddressError) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0) else { throw .relativePath(text) }
            guard path.utf8.count <= Self.maximumPathLength else { throw .longPath(text) }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":") else { throw .unreadable(text) }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits)
        else { throw .badPort(text) }
        self = .tcp(host: try Self.host(text[..<colon], of: text), port: Int(port))
    }

    private static func host(_ part: Substring, of text: String) throws(ListenAddressError) -> String {
        if part.hasPrefix("["), part.hasSuffix("]"), part.contains(":") { return String(part.dropFirst().dropLast()) }
        guard (1...maximumHostLength).contains(part.utf8.count), part.utf8.allSatisfy(isHostOctet) else {
            throw .unreadable(text)
        }
        return String(part)
    }

    private static func isHostOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension ListenAddress: CustomStringConvertible {
    /// The form that `init` reads.
    public var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}

/// Why a text is no listen address, as one line.
public enum ListenAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(String)
    case badPort(String)
    case relativePath(String)
    case longPath(String)

    public var description: String {
        switch self {
        case .unreadable(let text):
            "“\(text)” is no listen address: write unix:/path/of/socket, HOST:PORT or [IPv6]:PORT"
        case .badPort(let text):
            "“\(text)” has no valid port: write HOST:PORT with a port from 0 (any free one) to 65535"
        case .relativePath(let text):
            "“\(text)” has no absolute path: write unix:/path/of/socket"
        case .longPath(let text):
            "“\(text)” is too long: the path of a Unix socket has at most \(ListenAddress.maximumPathLength) octets"
        }
    }
}
