import DoorKit
import LatchkeyCore
import Logging
import NIOCore

/// RADIUS over TLS (RadSec, RFC 6614): packets one after the other, from the client that the certificate names.
final class StreamHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private let clients: ClientTable
    private let peer: Peer
    private let verifier: any Verifier
    private let logger: Logger
    private var conversation: Conversation?
    private var framing = StreamFraming()
    private var isClosed = false
    private var isReadHeldBack = false

    init(_ clients: ClientTable, _ peer: Peer, verifier: any Verifier, logger: Logger) {
        self.clients = clients
        self.peer = peer
        self.verifier = verifier
        self.logger = logger
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        isClosed = true
        conversation?.end()
        conversation = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosed, let conversation = conversation ?? begin(context) else { return }
        let outcome: Result<Void, DropReason> = unwrapInboundIn(data).withUnsafeReadableBytes { octets in
            Result { () throws(DropReason) in
                try framing.split(octets) { conversation.receive($0, from: .connection, back: nil) }
            }
        }
        if case .failure(let reason) = outcome { close(context, reason) }
    }

    /// The handshake is over once there is something to read.
    private func begin(_ context: ChannelHandlerContext) -> Conversation? {
        let names = CertificateNames(of: context.channel)
        let written = (names?.dnsNames ?? []) + (names?.addresses ?? []).map(\.description)
        guard let client = clients.client(named: written, at: peer.address) else {
            close(context, .unknownClient)
            return nil
        }
        let channel = context.channel
        let conversation = Conversation(
            .certificate(client), verifier: verifier, logger: logger, eventLoop: context.eventLoop,
            send: { [weak self] octets, _ in
                guard let self else { return }
                context.write(wrapOutboundOut(ByteBuffer(bytes: octets)), promise: nil)
            },
            flush: { context.flush() }, close: { channel.close(promise: nil) })
        self.conversation = conversation
        return conversation
    }

    private func close(_ context: ChannelHandlerContext, _ reason: DropReason) {
        logger.notice(
            "connection closed",
            metadata: ["reason": "\(reason.rawValue)", "from": "\(peer.address?.description ?? "a Unix socket")"])
        end()
        context.close(promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        conversation?.finishRead()
        context.fireChannelReadComplete()
    }

    /// A client that does not read its replies is not read either.
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
        if event is ChannelShouldQuiesceEvent {
            // Before its first packet there is nothing to finish.
            if let conversation { conversation.quiesce() } else { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }
}
