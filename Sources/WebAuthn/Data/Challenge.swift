/// What a ceremony's signature is made over, so that it answers this ceremony and no other (L3 §13.4.3): 32 octets from the caller's
/// random generator. It belongs to one session and one purpose, is kept for as long as the ceremony may take, and is used up by the
/// first response, whatever comes of it.
public struct Challenge: Hashable, Sendable {
    public static let length = 32

    public let octets: [UInt8]

    /// Nil unless there are exactly ``length`` octets.
    public init?(_ octets: some Sequence<UInt8>) {
        self.octets = Array(octets)
        guard self.octets.count == Self.length else { return nil }
    }
}
