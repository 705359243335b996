/// What a ceremony's signature is made over, so that it answers this ceremony and no other (L3 §13.4.3): octets from the caller's
/// random generator. It belongs to one session and one purpose, is kept for as long as the ceremony may take, and is used up by the
/// first response, whatever comes of it.
public struct Challenge: Hashable, Sendable {
    /// How many octets to make.
    public static let length = 32
    /// How many octets there may be: fewer than 16 could be guessed.
    public static let lengths = 16...128

    public let octets: [UInt8]

    /// Nil unless the count of octets is one of ``lengths``.
    public init?(_ octets: some Sequence<UInt8>) {
        self.octets = Array(octets)
        guard Self.lengths.contains(self.octets.count) else { return nil }
    }
}
