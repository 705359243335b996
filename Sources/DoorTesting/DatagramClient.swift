public import DoorKit
public import LatchkeyCore
public import NIOCore
import NIOPosix

/// Runs `body` while a door listens for datagrams on a free port of this machine, and stops it gracefully.
public func withDatagramListener<Value: Sendable>(
    serve: @escaping @Sendable (any Channel) throws -> Void, _ body: (DatagramListener) async throws -> Value
) async throws -> Value {
    let listener = try await DatagramListener.bind(
        .tcp(host: "127.0.0.1", port: 0), group: .singletonMultiThreadedEventLoopGroup, logger: silence, serve: serve)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await listener.run() }
        let result: Result<Value, any Error>
        do { result = .success(try await body(listener)) } catch { result = .failure(error) }
        await listener.stop()
        try await group.waitForAll()
        return try result.get()
    }
}

/// A socket that asks a door with datagrams.
public struct DatagramClient: Sendable {
    /// Nothing came for twenty seconds.
    public struct Silence: Error {}

    private let channel: any Channel
    private let heard: AsyncStream<[UInt8]>
    private let door: SocketAddress

    public static func bound<Value>(
        to address: ListenAddress, _ body: (DatagramClient) async throws -> Value
    ) async throws -> Value {
        guard case .tcp(let host, let port) = address else { throw Silence() }
        let (heard, listener) = AsyncStream.makeStream(of: [UInt8].self)
        let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramEar(listener))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let client = DatagramClient(
            channel: channel, heard: heard, door: try SocketAddress(ipAddress: host, port: port))
        let result: Result<Value, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        try await channel.close()
        return try result.get()
    }

    /// All of them with one flush.
    public func say(_ datagrams: [[UInt8]]) async throws {
        for datagram in datagrams.dropLast() {
            channel.write(AddressedEnvelope(remoteAddress: door, data: ByteBuffer(bytes: datagram)), promise: nil)
        }
        guard let last = datagrams.last else { return }
        try await channel.writeAndFlush(AddressedEnvelope(remoteAddress: door, data: ByteBuffer(bytes: last)))
    }

    /// The next datagram that comes.
    public func hear() async throws -> [UInt8] {
        let deadline = channel.eventLoop.scheduleTask(in: .seconds(20)) { [channel] in channel.close(promise: nil) }
        defer { deadline.cancel() }
        for await octets in heard { return octets }
        throw Silence()
    }
}

private final class DatagramEar: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let listener: AsyncStream<[UInt8]>.Continuation

    init(_ listener: AsyncStream<[UInt8]>.Continuation) {
        self.listener = listener
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        listener.yield(Array(buffer: unwrapInboundIn(data).data))
    }

    func channelInactive(context: ChannelHandlerContext) {
        listener.finish()
    }
}
