public import DoorKit
public import LatchkeyCore
public import Logging
public import NIOCore

/// The door through which everything with Cyrus SASL asks (Cyrus IMAP, Postfix, Sendmail, OpenLDAP's pass-through, Subversion): the
/// protocol of saslauthd's `mux` socket, server side.
///
/// Give `serve` to a `DoorListener` on a Unix socket.
public struct SaslauthdDoor: Sendable {
    private let verifier: any Verifier
    private let configuration: Configuration
    private let logger: Logger

    public init(verifier: any Verifier, configuration: Configuration = Configuration(), logger: Logger) {
        self.verifier = verifier
        self.configuration = configuration
        self.logger = logger
    }

    /// Adds the door's handler to a new connection, on its event loop.
    public func serve(_ channel: any Channel, _ peer: Peer) throws {
        // A client may say that it has said everything, and still wait for its answer.
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        if logger.logLevel <= .debug { PeerProcess.log(channel, to: logger) }
        try channel.pipeline.syncOperations.addHandler(
            SaslauthdHandler(verifier: verifier, configuration: configuration, logger: logger))
    }
}
