import LatchkeyCore
import Logging
import NIOCore

/// What happens to a connection before its door serves it: the limits, the PROXY header, TLS.
struct Reception: Sendable {
    let connections: ConnectionTable
    let proxies: [Network]
    let tls: ServerTLS?
    let logger: Logger
    let serve: @Sendable (any Channel, Peer) throws -> Void

    private struct Refused: Error {}

    /// To be called on the channel's event loop, before its first octet is read.
    func receive(_ channel: any Channel) -> EventLoopFuture<Void> {
        do {
            try prepare(channel)
            return channel.eventLoop.makeSucceededVoidFuture()
        } catch {
            if !(error is Refused) { logger.error("a connection cannot be served", metadata: ["error": "\(error)"]) }
            return channel.close()
        }
    }

    private func prepare(_ channel: any Channel) throws {
        try admit(channel, as: connections.admit(channel))
        let address = channel.remoteAddress?.ip
        guard let address, proxies.contains(where: { $0.contains(address) }) else { return try begin(channel, address) }
        // The proxy's own checks have no other address than its own.
        let header = ProxyHeaderHandler(
            begin: { try begin(channel, $0 ?? address) },
            refuse: { logger.debug("no PROXY header where one is due", metadata: ["proxy": "\(address)"]) })
        try channel.pipeline.syncOperations.addHandler(header)
    }

    private func begin(_ channel: any Channel, _ address: IPAddress?) throws {
        if let address { try admit(channel, as: connections.admit(channel, of: address)) }
        // Behind a PROXY header, if there was one.
        if let tls { try channel.pipeline.syncOperations.addHandlers(tls.handlers()) }
        try serve(channel, Peer(address: address, isEncrypted: tls != nil))
    }

    private func admit(_ channel: any Channel, as admission: ConnectionTable.Admission) throws {
        switch admission {
        case .admitted: return
        case .full(let isFirst):
            if isFirst {
                logger.warning(
                    "too many connections: new ones are closed",
                    metadata: ["peer": "\(channel.remoteAddress?.ipAddress ?? "local")"])
            }
        case .stopping: break
        }
        throw Refused()
    }
}
