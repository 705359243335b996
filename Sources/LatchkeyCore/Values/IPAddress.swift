#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (`::ffff:192.0.2.7`) is the IPv4 address it maps.
public struct IPAddress: Hashable, Sendable {
    public enum Family: UInt8, Sendable {
        case v4 = 4
        case v6 = 6

        /// Bits of an address of this family.
        public var width: Int { self == .v4 ? 32 : 128 }
    }

    public let family: Family
    /// An IPv4 address is the low 32 bits.
    let bits: UInt128

    init(family: Family, bits: UInt128) {
        self.family = family
        self.bits = bits
    }

    /// The text forms of RFC 4291 §2.2 and the dotted quad, without zone, port or brackets; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 45 else { return nil }  // INET6_ADDRSTRLEN less its NUL
        let text = String(text)
        guard !text.utf8.contains(0) else { return nil }
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self.init(family: .v4, bits: UInt128(UInt32(bigEndian: v4.s_addr)))
            return
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        self.init(octets: withUnsafeBytes(of: &v6) { Array($0) })
    }

    /// Four or sixteen octets in network order; nil for any other length.
    public init?(octets: [UInt8]) {
        let bits = octets.prefix(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        switch octets.count {
        case 4: self.init(family: .v4, bits: bits)
        case 16 where bits >> 32 == 0xffff: self.init(family: .v4, bits: bits & 0xffff_ffff)
        case 16: self.init(family: .v6, bits: bits)
        default: return nil
        }
    }

    /// 127.0.0.0/8 and ::1.
    public var isLoopback: Bool {
        family == .v4 ? bits >> 24 == 127 : bits == 1
    }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text of RFC 5952, as `inet_ntop` writes it.
    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch family {
        case .v4:
            var address = in_addr(s_addr: UInt32(truncatingIfNeeded: bits).bigEndian)
            inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
        case .v6:
            var octets = bits.bigEndian
            inet_ntop(AF_INET6, &octets, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// A block of addresses in CIDR notation (RFC 4632), for example `192.0.2.0/24`, `2001:db8::/32` or one address.
public struct Network: Hashable, Sendable {
    public let base: IPAddress
    /// Leading bits that count, 0 to the width of the family.
    public let prefixLength: Int

    /// Host bits below the prefix are cleared; nil if the prefix does not fit the family.
    public init?(_ address: IPAddress, prefixLength: Int) {
        guard (0...address.family.width).contains(prefixLength) else { return nil }
        self.prefixLength = prefixLength
        base = IPAddress(family: address.family, bits: address.bits & Self.mask(address.family, prefixLength))
    }

    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first) else { return nil }
        guard parts.count == 2 else {
            self.init(address, prefixLength: address.family.width)
            return
        }
        let digits = parts[1]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let prefixLength = Int(digits)
        else { return nil }
        self.init(address, prefixLength: prefixLength)
    }

    public func contains(_ address: IPAddress) -> Bool {
        address.family == base.family && address.bits & Self.mask(base.family, prefixLength) == base.bits
    }

    private static func mask(_ family: IPAddress.Family, _ prefixLength: Int) -> UInt128 {
        let host = family.width - prefixLength
        let all: UInt128 = family == .v4 ? 0xffff_ffff : .max
        return host == 128 ? 0 : (all >> UInt128(host)) << UInt128(host)
    }
}

extension Network: CustomStringConvertible {
    /// A single address is written without its prefix.
    public var description: String {
        prefixLength == base.family.width ? base.description : "\(base)/\(prefixLength)"
    }
}
