#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Cuts the octets of a connection into LDAP messages, and keeps those whose turn has not come. What has been read is wiped, as
/// messages hold passwords.
struct MessageSplitter {
    /// The longest message of somebody who has not bound yet: names, a password, a filter.
    static let maximumLengthBeforeBind = 65_536
    /// The same afterwards, as in most servers (OpenLDAP's `sockbuf_max_incoming` is a quarter of it).
    static let maximumLength = 1_048_576
    /// What is kept of an emptied store.
    private static let keptCapacity = 4_096

    private var store: [UInt8] = []
    /// Octets of `store` that have been given out.
    private var place = 0

    /// Octets that are waiting.
    var count: Int { store.count - place }

    mutating func append(_ octets: Octets) {
        let needed = store.count + octets.count
        if needed > store.capacity { move(intoCapacity: max(needed, count + octets.count)) }
        store.append(contentsOf: octets)
    }

    /// Lends the next whole message to `body`, with its header; nil if there is none yet.
    mutating func next<Value>(
        limit: Int, _ body: (Octets) throws(ProtocolFault) -> Value
    ) throws(ProtocolFault) -> Value? {
        guard let length = try nextLength(limit: limit) else { return nil }
        let outcome: Result<Value, ProtocolFault> = store.withUnsafeBytes { octets in
            Result { () throws(ProtocolFault) in try body(Octets(rebasing: octets[place..<(place + length)])) }
        }
        place += length
        if place == store.count { discard() }
        return try outcome.get()
    }

    /// Forgets all that has come: nothing of it may be taken for what comes later.
    mutating func discard() {
        Self.wipe(&store)
        place = 0
        if store.capacity > Self.keptCapacity { store = [] } else { store.removeAll(keepingCapacity: true) }
    }

    private func nextLength(limit: Int) throws(ProtocolFault) -> Int? {
        guard count > 0 else { return nil }
        let header: Result<BERHeader?, ProtocolFault> = store.withUnsafeBytes { octets in
            Result { () throws(ProtocolFault) in
                let octets = Octets(rebasing: octets[place...])
                guard octets[0] == BERTag.sequence else { throw .malformed }
                return try BERHeader(octets)
            }
        }
        guard let header = try header.get() else { return nil }
        // Before the rest of it has come, so that nothing is kept for a message that is never read.
        guard header.length <= limit - header.count else { throw .tooLong }
        let length = header.count + header.length
        return count >= length ? length : nil
    }

    /// What has been given out goes, and the old store is wiped: growing in place would leave copies behind.
    private mutating func move(intoCapacity capacity: Int) {
        var larger: [UInt8] = []
        larger.reserveCapacity(max(capacity, 2 * count, 512))
        larger.append(contentsOf: store[place...])
        Self.wipe(&store)
        store = larger
        place = 0
    }

    private static func wipe(_ octets: inout [UInt8]) {
        octets.withUnsafeMutableBytes { if let base = $0.baseAddress { explicit_bzero(base, $0.count) } }
    }
}
