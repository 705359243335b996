public import LatchkeyCore
public import NIOCore

/// Who is at the other end of a connection, as far as its transport tells.
public struct Peer: Hashable, Sendable {
    /// Nil on a Unix socket. From a proxy that speaks the PROXY protocol, the address that it tells.
    public let address: IPAddress?
    /// The connection is encrypted, by our own TLS.
    public let isEncrypted: Bool

    public init(address: IPAddress?, isEncrypted: Bool = false) {
        self.address = address
        self.isEncrypted = isEncrypted
    }

    /// On this machine: a Unix socket or a loopback address. What is sent in the clear then crosses no network.
    public var isLocal: Bool { address?.isLoopback ?? true }
}

extension SocketAddress {
    /// Nil for a Unix socket.
    public var ip: IPAddress? {
        // Family, port, address (ip(7)); IPv6 has its flow between the last two (ipv6(7)).
        switch self {
        case .v4(let address): withUnsafeBytes(of: address.address) { IPAddress(octets: Array($0[4..<8])) }
        case .v6(let address): withUnsafeBytes(of: address.address) { IPAddress(octets: Array($0[8..<24])) }
        case .unixDomainSocket: nil
        }
    }
}
