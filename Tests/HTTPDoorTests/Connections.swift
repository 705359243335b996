import DoorKit
import HTTPDoor
import LatchkeyCore
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

/// Runs `body` while `door` listens on a free port of this machine.
func withListener<Value: Sendable>(
    _ door: HTTPDoor, on address: ListenAddress = .tcp(host: "127.0.0.1", port: 0),
    _ body: (ListenAddress) async throws -> Value
) async throws -> Value {
    let listener = try await DoorListener.bind(
        address, group: .singletonMultiThreadedEventLoopGroup,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        serve: door.serve)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await listener.run() }
        let result: Result<Value, any Error>
        do { result = .success(try await body(listener.address)) } catch { result = .failure(error) }
        await listener.stop()
        try await group.waitForAll()
        return try result.get()
    }
}

/// Sends `text`, and returns all that comes back until the door closes.
func talk(to address: ListenAddress, _ text: String) async throws -> String {
    let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    let initialize: @Sendable (any Channel) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> = { channel in
        channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
    }
    let channel =
        switch address {
        case .tcp(let host, let port):
            try await bootstrap.connect(host: host, port: port, channelInitializer: initialize)
        case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: initialize)
        }
    return try await channel.executeThenClose { inbound, outbound in
        try await outbound.write(ByteBuffer(string: text))
        var answer = ByteBuffer()
        for try await part in inbound { answer.writeImmutableBuffer(part) }
        return String(buffer: answer)
    }
}

/// A connection without a socket, whose clock the test holds.
func embedded(_ door: HTTPDoor, from peer: String = "127.0.0.1") throws -> EmbeddedChannel {
    let channel = EmbeddedChannel()
    let address = try SocketAddress(ipAddress: peer, port: 50_000)
    channel.remoteAddress = address
    try door.serve(channel)
    try channel.connect(to: address).wait()
    return channel
}

/// What the door has written since the last call.
func written(_ channel: EmbeddedChannel) throws -> String {
    var text = ""
    while let part = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: part) }
    return text
}
