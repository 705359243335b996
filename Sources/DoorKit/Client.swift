public import LatchkeyCore
public import NIOCore
import NIOPosix
import NIOSSL

/// The other end of a door's connection, for a short dialogue: say something, hear what comes. Fails rather than waits for ever.
public struct Client: Sendable {
    /// The door closed the connection, or said nothing for too long, before what was waited for had come.
    public struct Ended: Error {
        public let heard: [UInt8]
    }

    private let channel: any Channel
    private let heard: AsyncThrowingStream<[UInt8], any Error>

    /// Connects, runs `body`, and closes. `patience` is how long the door may be silent. `prepare` may put handlers of its own before the client's, such as TLS.
    public static func connected<Value>(
        to address: ListenAddress, patience: Duration = .seconds(60),
        prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in },
        _ body: (inout Client) async throws -> Value
    ) async throws -> Value {
        let (heard, listener) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try prepare(channel)
                    try channel.pipeline.syncOperations.addHandler(Ear(listener))
                }
            }
        let channel =
            switch address {
            case .tcp(let host, let port): try await bootstrap.connect(host: host, port: port).get()
            case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
            }
        var client = Client(channel: channel, heard: heard, patience: TimeAmount(patience))
        let result: Result<Value, any Error>
        do { result = .success(try await body(&client)) } catch { result = .failure(error) }
        try? await channel.close()  // it may have been closed by the door
        return try result.get()
    }

    private var pending: [UInt8] = []

    private let patience: TimeAmount

    private init(channel: any Channel, heard: AsyncThrowingStream<[UInt8], any Error>, patience: TimeAmount) {
        self.channel = channel
        self.patience = patience
        self.heard = heard
    }

    public func say(_ octets: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: octets))
    }

    public func say(_ text: String) async throws {
        try await say(Array(text.utf8))
    }

    /// Encrypts a connection without asking whose certificate it is: for asking a door of our own on our own machine.
    @Sendable public static func encrypt(_ channel: any Channel) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        let context = try NIOSSLContext(configuration: configuration)
        try channel.pipeline.syncOperations.addHandler(try NIOSSLClientHandler(context: context, serverHostname: nil))
    }

    /// Says no more, and goes on to hear.
    public func hangUp() async throws {
        try await channel.close(mode: .output)
    }

    /// Everything up to and with `end`; what comes after it is kept for the next time.
    public mutating func hear(until end: String) async throws -> String {
        let end = Array(end.utf8)
        let octets = try await hear { octets in
            octets.indices.first { octets[$0...].starts(with: end) }.map { $0 + end.count }
        }
        return String(decoding: octets, as: UTF8.self)
    }

    /// As many octets as `length` finds in what came so far; it gives nil while there are too few.
    public mutating func hear(_ length: ([UInt8]) -> Int?) async throws -> [UInt8] {
        while true {
            if let count = length(pending) {
                defer { pending.removeFirst(count) }
                return Array(pending[..<count])
            }
            guard let more = try await next() else { throw Ended(heard: pending) }
            pending += more
        }
    }

    /// All that comes until the door closes.
    public mutating func hearToTheEnd() async throws -> [UInt8] {
        while let more = try await next() { pending += more }
        defer { pending = [] }
        return pending
    }

    private func next() async throws -> [UInt8]? {
        let deadline = channel.eventLoop.scheduleTask(in: patience) { [channel] in channel.close(promise: nil) }
        defer { deadline.cancel() }
        for try await octets in heard { return octets }
        return nil
    }
}

private final class Ear: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let listener: AsyncThrowingStream<[UInt8], any Error>.Continuation

    init(_ listener: AsyncThrowingStream<[UInt8], any Error>.Continuation) {
        self.listener = listener
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        listener.yield(Array(buffer: unwrapInboundIn(data)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        listener.finish()
    }

    /// A reset is an end like any other.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        listener.finish()
        context.close(promise: nil)
    }
}
