/// Where a server is reached: an IP address and a port, `192.0.2.10:143` or `[2001:db8::10]:143`. Never a host name.
public struct Endpoint: Hashable, Sendable {
    public let address: IPAddress
    /// Not 0.
    public let port: UInt16

    /// Nil if `text` is not of the form above.
    public init?(_ text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let (host, digits) = (text[..<colon], text[text.index(after: colon)...])
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits), port > 0
        else { return nil }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard isBracketed == host.contains(":"),
            let address = IPAddress(isBracketed ? host.dropFirst().dropLast() : host)
        else { return nil }
        self.address = address
        self.port = port
    }
}

extension Endpoint: CustomStringConvertible {
    /// The form that `init` reads.
    public var description: String {
        address.family == .v6 ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
