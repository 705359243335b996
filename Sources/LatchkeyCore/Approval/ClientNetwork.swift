/// The network that a client signs in from, as far as its owner can tell networks apart: an IPv4 /24, an IPv6 /48, or an unknown one. Wide
/// enough that a telephone at home stays in one, and narrow enough that a stranger is seldom in the same.
public struct ClientNetwork: Hashable, Sendable {
    /// Nil where the relying server does not tell the client's address.
    public let network: Network?

    public init(of address: IPAddress?) {
        network = address.flatMap { Network($0, prefixLength: $0.family == .v4 ? 24 : 48) }
    }

    /// As `description` writes it. A network of another size is none of these.
    public init?(_ text: some StringProtocol) {
        if text == Self.unknown {
            network = nil
            return
        }
        guard let network = Network(text), Self(of: network.base).network == network else { return nil }
        self.network = network
    }

    private static let unknown = "unknown"
}

extension ClientNetwork: CustomStringConvertible {
    /// `192.0.2.0/24`, `2001:db8:1::/48` or `unknown`.
    public var description: String { network?.description ?? Self.unknown }
}
