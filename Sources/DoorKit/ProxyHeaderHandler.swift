import LatchkeyCore
import NIOCore

/// Reads the PROXY header of a connection, gives its address away, and leaves. Without a header in time the connection is closed: whoever
/// speaks to this listener is a proxy, or pretends to have no one behind it.
final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    static let patience = TimeAmount.seconds(5)

    /// Adds what serves the connection; throwing closes it.
    private let begin: (IPAddress?) throws -> Void
    private let refuse: () -> Void
    private var octets = ByteBuffer()
    private var timer: Scheduled<Void>?
    private var isDone = false

    init(begin: @escaping (IPAddress?) throws -> Void, refuse: @escaping () -> Void) {
        self.begin = begin
        self.refuse = refuse
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return context.fireChannelRead(data) }
        octets.writeImmutableBuffer(unwrapInboundIn(data))
        switch ProxyHeader(octets.readableBytesView) {
        case .partial: break
        case .malformed:
            isDone = true
            refuse()
            context.close(promise: nil)
        case .whole(let address, let length):
            isDone = true
            octets.moveReaderIndex(forwardBy: length)
            do {
                try begin(address)
            } catch {
                return context.close(promise: nil)
            }
            if octets.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(octets)) }
            context.fireChannelReadComplete()
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }
}
