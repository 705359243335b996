public import LatchkeyCore

/// The clients that are configured, found by where they are or by what their certificate says.
public struct ClientTable: Sendable {
    private var byNetwork: [Network: RADIUSClient] = [:]
    /// In use, the longest first, for each family.
    private var prefixLengths: [IPAddress.Family: [Int]] = [:]
    private var byCertificate: [String: RADIUSClient] = [:]

    /// Of two clients with the same network or name the later one counts.
    public init(_ clients: [RADIUSClient]) {
        for client in clients {
            for network in client.networks { byNetwork[network] = client }
            for name in client.certificateNames { byCertificate[name] = client }
        }
        for (family, networks) in Dictionary(grouping: byNetwork.keys, by: \.base.family) {
            prefixLengths[family] = Set(networks.map(\.prefixLength)).sorted(by: >)
        }
    }

    /// The one with the smallest network around `address`.
    func client(at address: IPAddress) -> RADIUSClient? {
        for length in prefixLengths[address.family] ?? [] {
            if let network = Network(address, prefixLength: length), let client = byNetwork[network] { return client }
        }
        return nil
    }

    /// Over TLS: the one whose certificate it is, else the one at `address`, if that one is not known by its certificate.
    func client(named names: [String], at address: IPAddress?) -> RADIUSClient? {
        for name in names { if let client = byCertificate[name] { return client } }
        guard let client = address.flatMap({ client(at: $0) }), client.certificateNames.isEmpty else { return nil }
        return client
    }
}
