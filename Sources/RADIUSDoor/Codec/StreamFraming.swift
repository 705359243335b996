#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Cuts the octets of a TLS connection into packets: they stand one after the other, and each says how long it is (RFC 6613 §2.2).
/// A packet is lent; only one that arrives in pieces is copied, and the copy is wiped.
struct StreamFraming {
    private var partial: [UInt8] = []

    /// Calls `body` with every packet that `octets` completes. Throws if the length of one cannot be, since then nothing that follows
    /// can be told apart either.
    mutating func split(_ octets: Octets, _ body: (Octets) -> Void) throws(DropReason) {
        var rest = octets
        while !rest.isEmpty {
            if partial.isEmpty, let length = try Self.length(rest), length <= rest.count {
                body(rest.octets(from: 0, to: length))
                rest = rest.octets(from: length, to: rest.count)
            } else {
                rest = try keep(rest, body)
            }
        }
    }

    /// Adds to the packet in pieces what belongs to it, and gives back what does not.
    private mutating func keep(_ octets: Octets, _ body: (Octets) -> Void) throws(DropReason) -> Octets {
        // One allocation at its final size: growing would leave copies that are not wiped.
        if partial.isEmpty { partial.reserveCapacity(Packet.maximumLength) }
        let length = try Self.length(partial) ?? 4
        let piece = octets.octets(from: 0, to: min(length - partial.count, octets.count))
        partial.append(contentsOf: piece)
        if try Self.length(partial) == partial.count {
            var packet: [UInt8] = []
            swap(&packet, &partial)
            packet.withUnsafeBytes { body($0) }
            packet.withUnsafeMutableBytes { if let base = $0.baseAddress { explicit_bzero(base, $0.count) } }
        }
        return octets.octets(from: piece.count, to: octets.count)
    }

    /// Nil while its octets have not come.
    private static func length(_ octets: some RandomAccessCollection<UInt8>) throws(DropReason) -> Int? {
        guard octets.count >= 4 else { return nil }
        let field = octets.dropFirst(2).prefix(2)
        let length = field.reduce(0) { $0 << 8 | Int($1) }
        guard (Packet.headerLength...Packet.maximumLength).contains(length) else { throw .badLength }
        return length
    }
}
