/// An absolute `https` URL without user information or fragment; or an `http` one of this very machine, for trying things out.
struct SecureURL: Hashable, Sendable {
    /// In octets.
    static let maximumLength = 2048

    let text: String
    /// Whether it is in the clear: then its host is a loopback one.
    let isPlain: Bool

    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        self.text = text
        isPlain = text.hasPrefix("http://")
        guard isPlain || text.hasPrefix("https://") else { return nil }
        guard text.utf8.allSatisfy(Self.isURLCharacter) else { return nil }
        let afterScheme = text.utf8.dropFirst(isPlain ? 7 : 8)
        let authority = Substring(afterScheme.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") })
        guard let host = Self.host(of: authority) else { return nil }
        if isPlain { guard ["localhost", "127.0.0.1", "[::1]"].contains(host) else { return nil } }
    }

    var hasQuery: Bool { text.utf8.contains(UInt8(ascii: "?")) }

    /// The URL with `fields` behind those it has (RFC 6749 §3.1: what is there stays).
    func adding(_ fields: [(name: String, value: String)]) -> String {
        guard !fields.isEmpty else { return text }
        let joint = !hasQuery ? "?" : text.hasSuffix("?") || text.hasSuffix("&") ? "" : "&"
        return text + joint + FormEncoding.encode(fields)
    }

    /// What RFC 3986 §2 lets stand in a URL, without `#`.
    private static func isURLCharacter(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~:/?[]@!$&'()*+,;=%".utf8.contains(octet)
        }
    }

    /// The host of `HOST` or `HOST:PORT`; nil for other characters than a name or an address has, and for user information with them.
    private static func host(of authority: Substring) -> Substring? {
        var host = authority
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            let port = authority[colon...].dropFirst()
            guard (1...5).contains(port.utf8.count), port.allSatisfy({ ("0"..."9").contains($0) }), UInt16(port) != nil
            else { return nil }
            host = authority[..<colon]
        }
        let isAddress = host.hasPrefix("[") && host.hasSuffix("]")
        let name = isAddress ? host.dropFirst().dropLast() : host
        guard !name.isEmpty else { return nil }
        let isHost = name.utf8.allSatisfy { octet in
            hexDigit(octet) != nil || octet == UInt8(ascii: ".")
                || (isAddress
                    ? octet == UInt8(ascii: ":")
                    : octet == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet | 0x20))
        }
        return isHost ? host : nil
    }
}
