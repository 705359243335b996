import DoorKit
import LatchkeyCore
import Logging
import NIOCore

/// RADIUS over UDP: a datagram is a packet, and whoever is at its address is who sent it.
final class DatagramHandler: ChannelDuplexHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundIn = Never
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let clients: ClientTable
    private let verifier: any Verifier
    private let logger: Logger
    private var conversation: Conversation?
    private var isReadHeldBack = false

    init(_ clients: ClientTable, verifier: any Verifier, logger: Logger) {
        self.clients = clients
        self.verifier = verifier
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        conversation = Conversation(
            .address(clients), verifier: verifier, logger: logger, eventLoop: context.eventLoop,
            send: { [weak self] octets, back in
                guard let self, let back else { return }
                let reply = AddressedEnvelope(remoteAddress: back, data: ByteBuffer(bytes: octets))
                context.write(wrapOutboundOut(reply), promise: nil)
            },
            flush: { context.flush() }, close: { channel.close(promise: nil) })
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        conversation?.end()
        conversation = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        conversation?.end()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        // Port 0 is nobody's: an answer to it would be an error that closes the socket.
        guard let address = envelope.remoteAddress.ip, let port = envelope.remoteAddress.port, port > 0 else { return }
        let origin = Session.Origin(address: address, port: UInt16(truncatingIfNeeded: port))
        envelope.data.withUnsafeReadableBytes { octets in
            conversation?.receive(octets, from: origin, back: envelope.remoteAddress)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        conversation?.finishRead()
        context.fireChannelReadComplete()
    }

    /// What cannot be sent is waited for before more is read.
    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            context.read()
        } else {
            isReadHeldBack = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if isReadHeldBack, context.channel.isWritable {
            isReadHeldBack = false
            context.read()
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { conversation?.quiesce() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // One datagram's trouble is not the socket's.
        logger.debug("the socket reported an error", metadata: ["error": "\(error)"])
    }
}
