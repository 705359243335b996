import DoorTesting
import Foundation
import LatchkeyCore
import LatchkeyTesting
import NIOCore
import Testing

@testable import DoorKit

struct ListenerTests {
    private func address(_ directory: TemporaryDirectory) -> ListenAddress { .unix(path: directory.path("door")) }

    @Test("a Unix socket is for its owner and its group alone, and is gone when the door stops")
    func mode() async throws {
        let directory = try TemporaryDirectory()
        try await withListener(on: address(directory), serve: Echo.serve) { _ in
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.path("door"))
            #expect(attributes[.posixPermissions] as? Int == 0o660)
        }
        #expect(!FileManager.default.fileExists(atPath: directory.path("door")))
    }

    @Test("a socket that a crash left behind is replaced; one that is answered, or a file, is not")
    func leftovers() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("door")
        try await withListener(on: address(directory), serve: Echo.serve) { _ in
            await #expect(throws: BindError.addressInUse(.unix(path: path))) {
                try await withListener(on: address(directory), serve: Echo.serve) { _ in }
            }
        }
        try leaveSocket(at: path)
        try await withListener(on: address(directory), serve: Echo.serve) { _ in }
        try Data("x".utf8).write(to: URL(filePath: path))
        await #expect(throws: BindError.occupied(path: path)) {
            try await withListener(on: address(directory), serve: Echo.serve) { _ in }
        }
    }

    @Test("a directory that is not there, and a group that nobody knows, are named")
    func badPlaces() async throws {
        let directory = try TemporaryDirectory()
        do {
            try await withListener(on: .unix(path: directory.path("none/door")), serve: Echo.serve) { _ in }
            Issue.record("bound")
        } catch let error as BindError {
            #expect(error.description.contains(directory.path("none")))
        }
        var configuration = ListenerConfiguration()
        configuration.socketGroup = "no-such-group"
        await #expect(throws: BindError.unknownGroup("no-such-group", address(directory))) {
            try await withListener(on: address(directory), configuration, serve: Echo.serve) { _ in }
        }
    }

    @Test("connections beyond the limit are closed, and there is room again when one leaves", arguments: [true, false])
    func limit(ofAll: Bool) async throws {
        var configuration = ListenerConfiguration()
        if ofAll { configuration.maximumConnections = 2 } else { configuration.maximumConnectionsPerPeer = 2 }
        try await withListener(configuration, serve: Echo.serve) { listener in
            try await Client.connected(to: listener.address) { first in
                try await Self.expectEcho(&first)
                try await Client.connected(to: listener.address) { second in
                    try await Self.expectEcho(&second)
                    await #expect(throws: (any Error).self) {
                        try await Client.connected(to: listener.address) { try await Self.expectEcho(&$0) }
                    }
                }
                while listener.connectionCount > 1 { await Task.yield() }
                try await Client.connected(to: listener.address) { try await Self.expectEcho(&$0) }
            }
        }
    }

    static func expectEcho(_ client: inout Client, _ text: String = "hello\n") async throws {
        try await client.say(text)
        #expect(try await client.hear(until: "\n") == text)
    }

    /// A socket file that nobody listens on any more.
    private func leaveSocket(at path: String) throws {
        let socket = try UnixSocket.make(at: path, mode: 0o660, group: nil)
        #expect(close(socket.descriptor) == 0)
    }
}

/// A door that says back what it is told.
final class Echo: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Said at first, to tell who is thought to be there.
    private let greeting: String?

    init(greeting: String? = nil) {
        self.greeting = greeting
    }

    @Sendable static func serve(_ channel: any Channel, _ peer: Peer) throws {
        try channel.pipeline.syncOperations.addHandler(Echo())
    }

    @Sendable static func greet(_ channel: any Channel, _ peer: Peer) throws {
        let greeting = "\(peer.address?.description ?? "local")\(peer.isEncrypted ? " encrypted" : "")\n"
        try channel.pipeline.syncOperations.addHandler(Echo(greeting: greeting))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { greet(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        greet(context)
    }

    private func greet(_ context: ChannelHandlerContext) {
        guard let greeting else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: greeting)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}
