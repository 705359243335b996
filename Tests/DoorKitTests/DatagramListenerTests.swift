import DoorTesting
import LatchkeyCore
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import DoorKit

struct DatagramListenerTests {
    @Test("what comes in one burst is read together")
    func burst() async throws {
        try await withDatagramListener(serve: DatagramEcho.serve) { listener in
            try await DatagramClient.bound(to: listener.address) { client in
                try await client.say((0..<50).map { [UInt8($0)] })
                var heard: Set<UInt8> = []
                while heard.count < 50 { heard.formUnion(try await client.hear().prefix(1)) }
            }
        }
    }

    @Test("a socket that has failed is opened again, at the same port", .timeLimit(.minutes(1)))
    func reopened() async throws {
        let sockets = Sockets()
        try await withDatagramListener(serve: {
            try DatagramEcho.serve($0)
            sockets.add($0)
        }) { listener in
            try await DatagramClient.bound(to: listener.address) { client in
                try await client.say([[1]])
                #expect(try await client.hear() == [1])
                try await #require(sockets.last).close()
                while !Task.isCancelled, sockets.count < 2 { await Task.yield() }
                try await client.say([[2]])
                #expect(try await client.hear() == [2])
            }
        }
        #expect(sockets.count == 2, "told to stop, it stays closed")
    }

    @Test("an address that somebody has is named, and so is one that nobody can have")
    func taken() async throws {
        try await withDatagramListener(serve: DatagramEcho.serve) { listener in
            await #expect(throws: BindError.addressInUse(listener.address)) {
                try await bind(listener.address).stop()
            }
        }
        let foreign = ListenAddress.tcp(host: "192.0.2.1", port: 1_812)
        await #expect(throws: BindError.addressNotAvailable(foreign)) { try await bind(foreign).stop() }
        await #expect(throws: BindError.self) { try await bind(.unix(path: "/run/x")).stop() }
    }

    @Test("one that never ran can be stopped")
    func neverRan() async throws {
        let listener = try await bind(.tcp(host: "127.0.0.1", port: 0))
        await listener.stop()
        try await bind(listener.address).stop()
    }

    private func bind(_ address: ListenAddress) async throws(BindError) -> DatagramListener {
        try await DatagramListener.bind(
            address, group: .singletonMultiThreadedEventLoopGroup, logger: silence, serve: DatagramEcho.serve)
    }
}

/// The sockets that a listener has opened.
private final class Sockets: Sendable {
    private let all = Mutex<[any Channel]>([])

    var count: Int { all.withLock { $0.count } }
    var last: (any Channel)? { all.withLock { $0.last } }

    func add(_ channel: any Channel) { all.withLock { $0.append(channel) } }
}

/// Sends back what comes.
private final class DatagramEcho: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    @Sendable static func serve(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(DatagramEcho())
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.write(data, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { context.close(promise: nil) }
    }
}
