public import DoorKit
public import LatchkeyCore
public import Logging
public import NIOCore

/// The door through which access points, VPN concentrators, switches and RADIUS proxies ask: PAP, over UDP (RFC 2865) and over TLS
/// (RadSec, RFC 6614).
public struct RADIUSDoor: Sendable {
    private let verifier: any Verifier
    private let clients: ClientTable
    private let logger: Logger

    public init(verifier: any Verifier, clients: ClientTable, logger: Logger) {
        self.verifier = verifier
        self.clients = clients
        self.logger = logger
    }

    /// For a `DatagramListener`: adds the door's handler to the socket's channel, on its event loop.
    public func serveDatagrams(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(
            DatagramHandler(clients, verifier: verifier, logger: logger))
    }

    /// For a `DoorListener` whose TLS asks for the client's certificate.
    public func serveConnection(_ channel: any Channel, _ peer: Peer) throws {
        try channel.pipeline.syncOperations.addHandler(
            StreamHandler(clients, peer, verifier: verifier, logger: logger))
    }
}
