public import LatchkeyCore

/// Where a request to the portal comes from.
public struct Origin: Hashable, Sendable {
    /// Octets of a browser's name that are kept.
    public static let maximumAgentLength = 256

    /// The client's own address; nil if the proxy in front does not tell it.
    public let address: IPAddress?
    /// The `User-Agent`, without control characters and cut to 256 octets.
    public let agent: String?

    public init(address: IPAddress?, agent: String? = nil) {
        self.address = address
        self.agent = agent.flatMap { Attempt.printable($0, limit: Self.maximumAgentLength) }
    }

    /// What guesses, and sign-ins that are begun, from here are counted under: an IPv4 address, an IPv6 /64; nil if the address is not known.
    var network: Network? {
        address.flatMap { Network($0, prefixLength: $0.family == .v4 ? 32 : 64) }
    }
}
