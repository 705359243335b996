public import LatchkeyCore
public import Logging
public import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Listens for one door: binds, admits connections up to the limits, and stops gracefully.
///
/// Every connection is handed to the door's `serve`, on the connection's event loop, before its first byte is read. When
/// the listener stops, each connection gets a `ChannelShouldQuiesceEvent`: its handler finishes the requests in flight and
/// closes; what is still open after `stopPatience` is cut. A `DoorListener` runs once.
public final class DoorListener: Listener, CustomStringConvertible {
    /// Where it listens; a port 0 asked for is the port given here.
    public let address: ListenAddress

    private let server: any Channel
    private let unixSocket: UnixSocket?
    private let connections: ConnectionTable
    private let drained: EventLoopFuture<Void>
    private let stopPatience: TimeAmount
    private let logger: Logger

    /// Binds `address`. From here on the kernel keeps connections waiting; they are served once `run` is called.
    /// A listener that never runs must be given to `stop`.
    ///
    /// - Parameter serve: adds the door's handlers to a new connection, once it is known whose it is; throwing closes it.
    public static func bind(
        _ address: ListenAddress, configuration: ListenerConfiguration = ListenerConfiguration(),
        group: any EventLoopGroup, logger: Logger, serve: @escaping @Sendable (any Channel, Peer) throws -> Void
    ) async throws(BindError) -> DoorListener {
        var logger = logger
        logger[metadataKey: "listen"] = "\(address)"
        let drained = group.next().makePromise(of: Void.self)
        let connections = ConnectionTable(
            maximum: configuration.maximumConnections, maximumPerPeer: configuration.maximumConnectionsPerPeer,
            drained: drained)
        let bootstrap = bootstrap(connections, configuration, group: group, logger: logger, serve: serve)
        do throws(BindError) {
            let (server, unixSocket) = try await bind(bootstrap, to: address, configuration)
            return DoorListener(
                address: bound(address, server), server: server, unixSocket: unixSocket, connections: connections,
                drained: drained.futureResult, stopPatience: configuration.stopPatience, logger: logger)
        } catch {
            drained.succeed()
            throw error
        }
    }

    private init(
        address: ListenAddress, server: any Channel, unixSocket: UnixSocket?, connections: ConnectionTable,
        drained: EventLoopFuture<Void>, stopPatience: TimeAmount, logger: Logger
    ) {
        self.address = address
        self.server = server
        self.unixSocket = unixSocket
        self.connections = connections
        self.drained = drained
        self.stopPatience = stopPatience
        self.logger = logger
    }

    /// Open connections, for health pages and metrics.
    public var connectionCount: Int { connections.count }

    public var description: String { "\(address)" }

    /// Serves until graceful shutdown or cancellation, then until the last connection is gone.
    public func run() async throws {
        try await withTaskCancellationOrGracefulShutdownHandler {
            logger.info("listening")
            server.closeFuture.whenComplete { _ in self.beginStop() }
            try await server.setOption(.autoRead, value: true).recover { _ in () }.get()  // fails only once stopped
            try await drained.get()
            logger.info("stopped listening")
        } onCancelOrGracefulShutdown: {
            self.beginStop()
        }
    }

    /// Stops as a graceful shutdown does, and returns when the last connection is gone.
    public func stop() async {
        beginStop()
        await withCheckedContinuation { continuation in drained.whenComplete { _ in continuation.resume() } }
    }

    private func beginStop() {
        unixSocket?.remove()
        server.close(promise: nil)
        guard connections.stop() else { return }
        let patience = server.eventLoop.scheduleTask(in: stopPatience) {
            let cut = self.connections.cut()
            self.logger.warning("cut connections that did not finish in time", metadata: ["connections": "\(cut)"])
        }
        drained.whenComplete { _ in patience.cancel() }
    }
}

extension DoorListener {
    /// Octets of one read: some hundred requests.
    private static let readSize = 16_384

    private static func bootstrap(
        _ connections: ConnectionTable, _ configuration: ListenerConfiguration, group: any EventLoopGroup,
        logger: Logger, serve: @escaping @Sendable (any Channel, Peer) throws -> Void
    ) -> ServerBootstrap {
        let reception = Reception(
            connections: connections, proxies: configuration.proxies, tls: configuration.tls, logger: logger,
            serve: serve)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: configuration.backlog)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { server in
                // Out of descriptors: wait a second instead of spinning.
                server.eventLoop.makeCompletedFuture {
                    try server.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
                }
            }
            // One read of a bounded size in each turn of the event loop: who sends without end waits for everybody else in between.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.readSize))
            .childChannelInitializer { reception.receive($0) }
    }

    private static func bind(
        _ bootstrap: ServerBootstrap, to address: ListenAddress, _ configuration: ListenerConfiguration
    ) async throws(BindError) -> (any Channel, UnixSocket?) {
        do {
            switch address {
            case .unix(let path):
                let socket = try UnixSocket.make(
                    at: path, mode: configuration.socketMode, group: configuration.socketGroup)
                return (try await bootstrap.withBoundSocket(socket.descriptor).get(), socket)
            case .tcp(let host, let port):
                let server =
                    try await bootstrap
                    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                    .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
                    .bind(host: host, port: port).get()
                return (server, nil)
            }
        } catch {
            throw BindError(error, address)
        }
    }

    private static func bound(_ address: ListenAddress, _ server: any Channel) -> ListenAddress {
        guard case .tcp(let host, 0) = address, let port = server.localAddress?.port else { return address }
        return .tcp(host: host, port: port)
    }
}
