import HTTPTypes
import Hummingbird
import LatchkeyCore

/// Finds the browser's address behind reverse proxies.
struct ClientAddress: Sendable {
    /// Hops looked at; a chain is seldom longer than three.
    static let maximumHops = 16
    private static let forwardedFor = "X-Forwarded-For"

    /// Proxies whose `X-Forwarded-For` is believed.
    let trustedProxies: [Network]

    /// The nearest address that is not a trusted proxy: reading from the right, because whatever stands left of it the
    /// browser may have written itself.
    func address(of request: Request, from peer: IPAddress?) -> IPAddress? {
        guard var nearest = peer else { return nil }
        let hops = request.headers.values(named: Self.forwardedFor).joined(separator: ",").split(separator: ",")
        for hop in hops.reversed().prefix(Self.maximumHops) {
            guard isTrusted(nearest), let address = IPAddress(hop.filter { !$0.isWhitespace }) else { break }
            nearest = address
        }
        return nearest
    }

    /// Whether `peer` reports somebody's address and is not believed.
    func isIgnored(_ request: Request, from peer: IPAddress) -> Bool {
        !isTrusted(peer) && !request.headers.values(named: Self.forwardedFor).isEmpty
    }

    private func isTrusted(_ address: IPAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }
}
