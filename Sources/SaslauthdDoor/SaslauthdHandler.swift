import LatchkeyCore
import Logging
import NIOCore

/// Carries one connection: reads a request, asks, writes the answer, and waits for the client to hang up, as closing with
/// something unread would send a reset that can destroy the answer.
final class SaslauthdHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What a client may say after its request, octets. It is thrown away.
    private static let maximumSurplus = 65_536

    private let verifier: any Verifier
    private let logger: Logger
    private var session: Session
    private var request = RequestBuffer()
    private var surplus = 0
    private var hasNews = false
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?

    init(verifier: any Verifier, configuration: SaslauthdDoor.Configuration, logger: Logger) {
        self.verifier = verifier
        self.logger = logger
        session = Session(configuration)
    }

    // MARK: Connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        carryOut(session.opening)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            carryOut(session.handle(.quiesce))
        } else if case .inputClosed = event as? ChannelEvent {
            look()
            carryOut(session.handle(.inputClosed))
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    private func end() {
        timer?.cancel()
        timer = nil
        request.wipe()
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if session.isReading {
            buffer.withUnsafeReadableBytes { request.append($0) }
            hasNews = true
        } else {
            surplus += buffer.readableBytes
            if surplus > Self.maximumSurplus { carryOut(.close(.flood)) }
        }
    }

    /// Here and not before: a fifth string that was sent with the others has been read by now.
    func channelReadComplete(context: ChannelHandlerContext) {
        look()
        context.fireChannelReadComplete()
    }

    private func look() {
        guard hasNews, session.isReading else { return }
        hasNews = false
        carryOut(session.handle(.received(request.reading)))
        if !session.isReading { request.wipe() }
    }

    // MARK: Acting

    private func carryOut(_ action: Session.Action) {
        switch action {
        case .none: break
        case .wait(let time): wait(time)
        case .verify(let attempt): ask(attempt)
        case .answer(let answer, let linger): say(answer, linger: linger)
        case .close(let reason): close(reason)
        }
    }

    private func wait(_ time: Duration) {
        timer?.cancel()
        timer = context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] in
            guard let self else { return }
            timer = nil
            carryOut(session.handle(.timeUp))
        }
    }

    private func ask(_ attempt: Attempt) {
        guard let eventLoop = context?.eventLoop else { return }
        timer?.cancel()
        timer = nil
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        verifier.verify([attempt]) { verdicts in
            let verdict = verdicts.first ?? .refused(.unavailable)
            if eventLoop.inEventLoop {
                handler.value.conclude(verdict)
            } else {
                eventLoop.execute { handler.value.conclude(verdict) }
            }
        }
    }

    private func conclude(_ verdict: Verdict) {
        carryOut(session.handle(.verdict(verdict)))
    }

    private func say(_ answer: Answer, linger: Duration?) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer.octets)), promise: nil)
        if let linger {
            context.close(mode: .output, promise: nil)
            wait(linger)
        } else {
            close(nil)
        }
    }

    private func close(_ reason: CloseReason?) {
        if let reason { logger.info("connection closed", metadata: ["reason": "\(reason.rawValue)"]) }
        end()
        context?.close(promise: nil)
    }
}
