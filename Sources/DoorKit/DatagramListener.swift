public import LatchkeyCore
public import Logging
public import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// Listens for one door over UDP, and stops gracefully.
///
/// The socket's channel is handed to the door's `serve` once. When the listener stops, the channel gets a
/// `ChannelShouldQuiesceEvent`: its handler finishes the requests in flight and closes it; after `stopPatience` it is closed anyway.
/// A datagram leaves from the address that the socket is bound to: with a wildcard address the kernel chooses one.
///
/// SwiftNIO closes a datagram socket when the system refuses to send (no route, a packet filter): it is opened again, at the same port, and
/// what was in flight is lost, as datagrams may be.
public final class DatagramListener: Listener, CustomStringConvertible {
    public struct Configuration: Sendable {
        /// Octets of a datagram; what is beyond is cut off.
        public var maximumLength = 4_096
        /// Datagrams taken with one system call.
        public var batch = 32
        /// Octets that the kernel keeps of what is not read yet: a burst of some thousand requests.
        public var receiveBuffer: Int = 1_048_576
        /// How long requests in flight may take to finish once the listener stops.
        public var stopPatience: TimeAmount = .seconds(8)

        public init() {}
    }

    /// HOST:PORT, of UDP.
    public let address: ListenAddress

    private struct State {
        var channel: any Channel
        var isStopping = false
    }

    private let state: Mutex<State>
    private let open: @Sendable (ListenAddress) async throws(BindError) -> any Channel
    private let stopPatience: TimeAmount
    private let logger: Logger

    /// Binds `address`. From here on the kernel keeps datagrams; they are served once `run` is called.
    /// A listener that never runs must be given to `stop`.
    ///
    /// - Parameter serve: adds the door's handlers to the channel; throwing closes it.
    public static func bind(
        _ address: ListenAddress, configuration: Configuration = Configuration(), group: any EventLoopGroup,
        logger: Logger, serve: @escaping @Sendable (any Channel) throws -> Void
    ) async throws(BindError) -> DatagramListener {
        let open: @Sendable (ListenAddress) async throws(BindError) -> any Channel = {
            (address) async throws(BindError) in
            try await Self.open(address, configuration, group, serve)
        }
        let channel = try await open(address)
        var bound = address
        if case .tcp(let host, 0) = address, let port = channel.localAddress?.port {
            bound = .tcp(host: host, port: port)
        }
        return DatagramListener(
            address: bound, channel: channel, open: open, stopPatience: configuration.stopPatience, logger: logger)
    }

    private init(
        address: ListenAddress, channel: any Channel,
        open: @escaping @Sendable (ListenAddress) async throws(BindError) -> any Channel, stopPatience: TimeAmount,
        logger: Logger
    ) {
        self.address = address
        state = Mutex(State(channel: channel))
        self.open = open
        self.stopPatience = stopPatience
        var logger = logger
        logger[metadataKey: "listen"] = "\(address)"
        self.logger = logger
    }

    public var description: String { "\(address)" }

    /// Serves until graceful shutdown or cancellation, then until nothing is in flight.
    public func run() async throws {
        try await withTaskCancellationOrGracefulShutdownHandler {
            logger.info("listening")
            repeat {
                let channel = state.withLock { $0.channel }
                try await channel.setOption(.autoRead, value: true).recover { _ in () }.get()  // fails only once closed
                await Self.closing(of: channel)
            } while await reopen()
            logger.info("stopped listening")
        } onCancelOrGracefulShutdown: {
            self.beginStop()
        }
    }

    public func stop() async {
        beginStop()
        await Self.closing(of: state.withLock { $0.channel })
    }

    private func beginStop() {
        let (channel, wasStopping) = state.withLock { state in
            defer { state.isStopping = true }
            return (state.channel, state.isStopping)
        }
        if !wasStopping { quiesce(channel) }
    }

    private func quiesce(_ channel: any Channel) {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        let patience = channel.eventLoop.scheduleTask(in: stopPatience) {
            self.logger.warning("requests did not finish in time")
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in patience.cancel() }
    }

    /// False when the listener is to stop.
    private func reopen() async -> Bool {
        while !state.withLock({ $0.isStopping }) {
            logger.error("the socket has failed and is opened again")
            do throws(BindError) {
                let channel = try await open(address)
                let isStopping = state.withLock { state in
                    state.channel = channel
                    return state.isStopping
                }
                if isStopping { quiesce(channel) }
                return true
            } catch {
                logger.error("the socket cannot be opened", metadata: ["cause": "\(error)"])
                try? await Task.sleep(for: .seconds(1))  // cancelled: then it is stopping, too
            }
        }
        return false
    }

    private static func closing(of channel: any Channel) async {
        await withCheckedContinuation { continuation in
            channel.closeFuture.whenComplete { _ in continuation.resume() }
        }
    }

    private static func open(
        _ address: ListenAddress, _ configuration: Configuration, _ group: any EventLoopGroup,
        _ serve: @escaping @Sendable (any Channel) throws -> Void
    ) async throws(BindError) -> any Channel {
        guard case .tcp(let host, let port) = address else {
            throw .other(address, "datagrams need an address HOST:PORT")
        }
        do {
            // Not with SO_REUSEADDR: it would let another process take our datagrams.
            return try await DatagramBootstrap(group: group)
                .channelOption(.autoRead, value: false)
                .channelOption(.datagramVectorReadMessageCount, value: configuration.batch)
                .channelOption(
                    .recvAllocator,
                    value: FixedSizeRecvByteBufferAllocator(capacity: configuration.batch * configuration.maximumLength)
                )
                .channelOption(.socketOption(.so_rcvbuf), value: configuration.receiveBuffer)
                .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try serve(channel) } }
                .bind(host: host, port: port).get()
        } catch {
            throw BindError(error, address)
        }
    }
}
