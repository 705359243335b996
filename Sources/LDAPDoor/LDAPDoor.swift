public import DoorKit
public import LatchkeyCore
public import Logging
public import NIOCore

/// The door through which applications ask that sign people in by an LDAP bind, and look up who there is. It answers for itself: there
/// is no directory server behind it.
///
/// Give `serve` to a `DoorListener`, with TLS from the first octet on or without: the others then offer StartTLS.
public struct LDAPDoor: Sendable {
    let verifier: any Verifier
    let relyingServices: any RelyingServiceDirectory
    let directory: any Directory
    let configuration: Configuration
    let tls: ServerTLS?
    let logger: Logger

    /// Without `tls` there is no StartTLS, whatever the configuration offers.
    public init(
        verifier: any Verifier, relyingServices: any RelyingServiceDirectory, directory: any Directory,
        configuration: Configuration, tls: ServerTLS?, logger: Logger
    ) {
        self.verifier = verifier
        self.relyingServices = relyingServices
        self.directory = directory
        self.tls = tls
        self.logger = logger
        var configuration = configuration
        configuration.offersStartTLS = tls != nil
        self.configuration = configuration
    }

    /// Adds the door's handler to a new connection, on its event loop.
    public func serve(_ channel: any Channel, _ peer: Peer) throws {
        try channel.pipeline.syncOperations.addHandler(LDAPHandler(self, peer, on: channel.eventLoop))
    }
}
