public import DoorKit
public import LatchkeyCore
public import Logging
public import NIOCore
import NIOHTTP1

/// The HTTP door: `POST /verify`, `/auth/basic` for the subrequests of web servers, `GET /auth/nginx-mail` for nginx's mail proxy,
/// `GET /health`.
public struct HTTPDoor: Sendable {
    let verifier: any Verifier
    let directory: any RelyingServiceDirectory
    let configuration: Configuration
    let logger: Logger
    private let wording: Wording

    public init(
        verifier: any Verifier, directory: any RelyingServiceDirectory, configuration: Configuration = Configuration(),
        logger: Logger
    ) {
        self.verifier = verifier
        self.directory = directory
        self.configuration = configuration
        self.logger = logger
        wording = Wording(configuration)
    }

    /// Serves one connection; to be called on its event loop before its first octet is read.
    public func serve(_ channel: any Channel, _ peer: Peer) throws {
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: Self.limits)
        let exchange = Exchange(wording: wording, peerIsTrusted: trusts(peer))
        try channel.pipeline.syncOperations.addHandlers([
            HighOctets(), ByteToMessageHandler(decoder),
            HTTPConnection(self, exchange: exchange, eventLoop: channel.eventLoop),
        ])
    }

    /// A browser behind a proxy sends its cookies along: room for them, and not for much more. In octets.
    private static var limits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16_384
        limits.maxHeaderListSize = 32_768
        limits.maxHeaderFieldCount = 128
        return limits
    }

    /// Whoever may open a Unix socket is trusted by its mode.
    private func trusts(_ peer: Peer) -> Bool {
        guard let address = peer.address else { return true }
        return configuration.trustedNetworks.contains { $0.contains(address) }
    }
}
