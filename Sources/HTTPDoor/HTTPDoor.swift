public import LatchkeyCore
public import NIOCore
import NIOHTTP1

/// The HTTP door: `POST /verify`, `/auth/basic` for the subrequests of web servers, `GET /health`.
public struct HTTPDoor: Sendable {
    let verifier: any Verifier
    let directory: any RelyingServiceDirectory
    let configuration: Configuration
    private let wording: Wording

    public init(
        verifier: any Verifier, directory: any RelyingServiceDirectory, configuration: Configuration = Configuration()
    ) {
        self.verifier = verifier
        self.directory = directory
        self.configuration = configuration
        wording = Wording(configuration)
    }

    /// Serves one connection; to be called on its event loop before its first octet is read.
    public func serve(_ channel: any Channel) throws {
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: Self.limits)
        let exchange = Exchange(wording: wording, peerIsTrusted: trusts(channel))
        try channel.pipeline.syncOperations.addHandlers([
            ByteToMessageHandler(decoder), HTTPConnection(self, exchange: exchange, eventLoop: channel.eventLoop),
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

    private func trusts(_ channel: any Channel) -> Bool {
        if case .unixDomainSocket = channel.localAddress { return true }
        guard let address = channel.remoteAddress?.ipAddress.flatMap({ IPAddress($0) }) else { return false }
        return configuration.trustedNetworks.contains { $0.contains(address) }
    }
}
