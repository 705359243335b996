import LatchkeyCore
import Logging
import NIOCore

/// Carries one connection: everything that came with one read goes to the verifier in one question, and everything there
/// is to say goes out in one flush.
final class DovecotHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// Ten sweeps are the 150 s that Dovecot gives a client for its response.
    private static let sweepInterval = TimeAmount.seconds(15)

    private let verifier: any Verifier
    private let greeting: Greeting
    private let logger: Logger
    private var session: Session
    private var lines = LineSplitter()
    private var context: ChannelHandlerContext?
    /// What was asked in this read.
    private var attempts: [Attempt] = []
    private var tickets: [Session.Ticket] = []
    /// What is to be said with the next flush.
    private var output: [UInt8] = []
    private var held: [Session.Ticket: Scheduled<Void>] = [:]
    private var sweeper: Scheduled<Void>?
    private var isReading = false
    private var isClosed = false
    private var isReadHeldBack = false

    init(verifier: any Verifier, configuration: DovecotDoor.Configuration, greeting: Greeting, logger: Logger) {
        self.verifier = verifier
        self.greeting = greeting
        self.logger = logger
        session = Session(configuration)
    }

    // MARK: Connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { greet(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        greet(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            carryOut(session.handle(.quiesce))
            finishTurn()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    private func greet(_ context: ChannelHandlerContext) {
        output += greeting.octets
        finishTurn()
    }

    /// Nobody is left to answer.
    private func end() {
        isClosed = true
        attempts = []
        tickets = []
        for timer in held.values { timer.cancel() }
        held = [:]
        sweeper?.cancel()
        sweeper = nil
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosed else { return }
        isReading = true
        let buffer = unwrapInboundIn(data)
        do throws(CloseReason) {
            let outcome: Result<Void, CloseReason> = buffer.withUnsafeReadableBytes { octets in
                Result { () throws(CloseReason) in
                    try lines.split(octets) { (line) throws(CloseReason) in
                        guard !isClosed else { return }
                        carryOut(session.handle(.command(try Command(line))))
                    }
                }
            }
            try outcome.get()
        } catch {
            carryOut(.close(error))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        ask()
        isReading = false
        finishTurn()
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

    // MARK: Asking

    private func ask() {
        guard !attempts.isEmpty, !isClosed, let eventLoop = context?.eventLoop else { return }
        let asked = tickets
        let questions = attempts
        attempts.removeAll(keepingCapacity: true)
        tickets.removeAll(keepingCapacity: true)
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        verifier.verify(questions) { verdicts in
            if eventLoop.inEventLoop {
                handler.value.conclude(asked, verdicts)
            } else {
                eventLoop.execute { handler.value.conclude(asked, verdicts) }
            }
        }
    }

    private func conclude(_ asked: [Session.Ticket], _ verdicts: [Verdict]) {
        for (place, ticket) in asked.enumerated() {
            guard !isClosed else { return }
            let verdict = place < verdicts.count ? verdicts[place] : .refused(.unavailable)
            carryOut(session.handle(.verdict(verdict, ticket)))
        }
        finishTurn()
    }

    // MARK: Acting

    private func carryOut(_ action: Session.Action) {
        switch action {
        case .none: break
        case .reply(let reply): reply.append(to: &output)
        case .verify(let attempt, let ticket):
            attempts.append(attempt)
            tickets.append(ticket)
        case .hold(let time, let ticket): hold(ticket, for: time)
        case .close(let reason): close(reason)
        }
    }

    private func hold(_ ticket: Session.Ticket, for time: Duration) {
        held[ticket] = context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] in
            guard let self else { return }
            held[ticket] = nil
            carryOut(session.handle(.released(ticket)))
            finishTurn()
        }
    }

    private func close(_ reason: CloseReason) {
        logger.info("connection closed", metadata: ["reason": "\(reason.rawValue)"])
        flush()
        end()
        context?.close(promise: nil)
    }

    /// Says what there is to say, unless a read is still going on: then it goes out with what that read brings.
    private func finishTurn() {
        guard !isReading, !isClosed else { return }
        flush()
        if session.isFinished {
            end()
            context?.close(promise: nil)
        } else if session.isAwaitingResponses, sweeper == nil {
            scheduleSweep()
        }
    }

    private func flush() {
        guard !output.isEmpty, let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: output.count)
        buffer.writeBytes(output)
        output.removeAll(keepingCapacity: true)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    private func scheduleSweep() {
        sweeper = context?.eventLoop.assumeIsolated().scheduleTask(in: Self.sweepInterval) { [weak self] in
            guard let self else { return }
            sweeper = nil
            carryOut(session.handle(.sweep))
            finishTurn()
        }
    }
}
