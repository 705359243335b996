/// The sixteen octets of a packet's authenticator field (RFC 2865 §3). A client chooses its requests' at random.
struct Authenticator: Hashable, Sendable {
    static let length = 16

    private let words: (UInt64, UInt64)

    /// Nil unless there are exactly sixteen octets.
    init?(_ octets: Octets) {
        guard octets.count == Self.length else { return nil }
        words = (octets.loadUnaligned(as: UInt64.self), octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    func withOctets<R>(_ body: (Octets) -> R) -> R {
        var words = words
        return withUnsafeBytes(of: &words) { body($0) }
    }

    static func == (left: Authenticator, right: Authenticator) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}
