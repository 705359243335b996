/// The name of an account towards authenticators (L3 §14.6.1): 1 to 64 octets that say nothing of the person; 64 random ones are best.
public struct UserHandle: Hashable, Sendable {
    public static let maximumLength = 64

    public let octets: [UInt8]

    /// Nil for none, or more than ``maximumLength``.
    public init?(_ octets: some Sequence<UInt8>) {
        self.octets = Array(octets)
        guard (1...Self.maximumLength).contains(self.octets.count) else { return nil }
    }
}
