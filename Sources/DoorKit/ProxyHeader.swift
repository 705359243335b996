import LatchkeyCore

/// The header that a proxy sends before a connection's own octets, to tell whose connection it is (HAProxy's PROXY protocol,
/// versions 1 and 2).
enum ProxyHeader: Equatable {
    /// The client's address, and how many octets the header has. Nil where the proxy speaks for itself (`LOCAL`, `UNKNOWN`) or for a
    /// socket without an address.
    case whole(IPAddress?, length: Int)
    /// More octets are needed.
    case partial
    /// Not this protocol.
    case malformed

    /// Octets of a version 1 header with its CRLF (§2.1).
    static let maximumLineLength = 107
    /// Octets of a version 2 header with its addresses and TLVs. The protocol allows 65,551; what proxies send fits in a fraction of this.
    static let maximumBinaryLength = 4_096

    private static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
    private static let word = Array("PROXY ".utf8)

    init(_ octets: some Collection<UInt8>) {
        let octets = Array(octets.prefix(Self.maximumBinaryLength))
        if octets.starts(with: Self.signature) {
            self = Self.binary(octets)
        } else if octets.starts(with: Self.word) {
            self = Self.line(octets)
        } else {
            let isBeginning = Self.signature.starts(with: octets) || Self.word.starts(with: octets)
            self = isBeginning ? .partial : .malformed
        }
    }

    /// `PROXY TCP4 192.0.2.7 192.0.2.1 50000 993 CRLF` (§2.1).
    private static func line(_ octets: [UInt8]) -> ProxyHeader {
        let line = octets.prefix(maximumLineLength)
        guard let end = line.firstIndex(of: UInt8(ascii: "\n")) else {
            return octets.count < maximumLineLength ? .partial : .malformed
        }
        guard end > 0, line[end - 1] == UInt8(ascii: "\r") else { return .malformed }
        let words = String(decoding: line[..<(end - 1)], as: UTF8.self)
            .split(separator: " ", omittingEmptySubsequences: false)
        switch words.dropFirst().first {
        case "UNKNOWN": return .whole(nil, length: end + 1)
        case "TCP4", "TCP6":
            guard words.count == 6, let client = IPAddress(words[2]), IPAddress(words[3]) != nil,
                UInt16(words[4]) != nil, UInt16(words[5]) != nil
            else { return .malformed }
            return .whole(client, length: end + 1)
        default: return .malformed
        }
    }

    /// Signature, version and command, family, length, addresses, TLVs (§2.2).
    private static func binary(_ octets: [UInt8]) -> ProxyHeader {
        guard octets.count >= 16 else { return .partial }
        let length = 16 + Int(octets[14]) << 8 + Int(octets[15])
        guard octets[12] >> 4 == 2, length <= maximumBinaryLength else { return .malformed }
        guard octets.count >= length else { return .partial }
        switch (octets[12] & 0x0f, octets[13] >> 4) {
        case (0, _): return .whole(nil, length: length)  // LOCAL: the proxy's own check of our health
        case (1, 1) where length >= 16 + 12: return .whole(IPAddress(octets: Array(octets[16..<20])), length: length)
        case (1, 2) where length >= 16 + 36: return .whole(IPAddress(octets: Array(octets[16..<32])), length: length)
        case (1, 0), (1, 3): return .whole(nil, length: length)  // unspecified, Unix sockets
        default: return .malformed
        }
    }
}
