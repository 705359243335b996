import LatchkeyCore

/// One request, reduced to what this door looks at.
struct Request {
    enum Method: Equatable {
        case get, head, post
        case other
    }

    let method: Method
    /// Nil if the path, which is the target in origin form without its query, names none.
    let route: Route?
    let fields: Fields
    /// Empty unless the route reads them.
    var mail = MailFields()
    /// Empty unless the route reads one.
    var body: [UInt8] = []

    init(method: Method, target: String, fields: Fields, body: [UInt8] = []) {
        self.method = method
        route = Route(Self.path(of: target))
        self.fields = fields
        self.body = body
    }

    /// A proxy may send the absolute form, and a server must take it (RFC 9112 §3.2.2).
    private static func path(of target: String) -> Substring {
        let path = Substring(target.utf8.prefix { $0 != UInt8(ascii: "?") })
        for scheme in ["http://", "https://"] where path.utf8.starts(with: scheme.utf8) {
            return Substring(path.utf8.dropFirst(scheme.utf8.count).drop { $0 != UInt8(ascii: "/") })
        }
        return path
    }
}

/// The header fields this door knows. Each may stand once: of two, nobody could say which the proxy wrote and which its client.
struct Fields {
    private(set) var authorization: String?
    private(set) var service: String?
    private(set) var token: String?
    private(set) var userAgent: String?
    /// A field that was sent twice.
    private(set) var repeated: String?
    /// The last line of several: proxies append.
    private(set) var forwardedFor: String?
    private(set) var hosts = 0
    /// Whether the client would like to leave HTTP/1.1 after this request: it cannot, and nothing after it can be read.
    private(set) var wantsUpgrade = false
    private(set) var expectsContinue = false

    static let serviceName = "X-Latchkey-Service"
    static let tokenName = "X-Latchkey-Token"

    mutating func read(name: String, value: String) {
        // The length alone dismisses nearly every field of a browser's dozen.
        switch name.utf8.count {
        case 4 where Self.matches(name, "host"): hosts += 1
        case 6 where Self.matches(name, "expect"): expectsContinue = Self.matches(value, "100-continue")
        case 7 where Self.matches(name, "upgrade"): wantsUpgrade = true
        case 10 where Self.matches(name, "user-agent"): userAgent = value
        case 13 where Self.matches(name, "authorization"):
            if authorization != nil { repeated = name }
            authorization = value
        case 15 where Self.matches(name, "x-forwarded-for"): forwardedFor = value
        case 16 where Self.matches(name, "x-latchkey-token"):
            if token != nil { repeated = name }
            token = value
        case 18 where Self.matches(name, "x-latchkey-service"):
            if service != nil { repeated = name }
            service = value
        default: break
        }
    }

    /// Whether `name` is `known`, which is in lower case.
    private static func matches(_ name: String, _ known: StaticString) -> Bool {
        guard name.utf8.count == known.utf8CodeUnitCount else { return false }
        return zip(name.utf8, UnsafeBufferPointer(start: known.utf8Start, count: known.utf8CodeUnitCount))
            .allSatisfy { octet, lower in octet == lower || (0x41...0x5a).contains(octet) && octet | 0x20 == lower }
    }

    /// The last entry of `X-Forwarded-For`: the only one that the proxy asking us wrote itself. Nil if it is no address.
    var client: IPAddress? {
        guard let forwardedFor else { return nil }
        let last = forwardedFor.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).last
        return last.flatMap { Substring($0) }.flatMap { IPAddress(Self.trimmed($0)) }
    }

    /// Without the blanks that RFC 9110 §5.6.1 allows around an entry.
    private static func trimmed(_ entry: Substring) -> Substring {
        var entry = entry.drop { $0 == " " || $0 == "\t" }
        while let last = entry.last, last == " " || last == "\t" { entry.removeLast() }
        return entry
    }
}
