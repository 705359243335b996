import LatchkeyCore
import NIOCore
import NIOHTTP1

/// One connection of the HTTP door: takes every request of a read, asks the verifier about all of them at once, and answers in one
/// write and one flush.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Requests that may wait for their answers before we stop reading.
    private static let maximumInFlight = 64
    /// How long we listen on after refusing a request half-way: a close with octets unread would reach the client as a reset,
    /// before our answer.
    private static let lingering: TimeAmount = .seconds(2)

    private enum Phase { case serving, lastAnswer, closed }

    private let door: HTTPDoor
    private let exchange: Exchange
    private let eventLoop: any EventLoop
    private var context: ChannelHandlerContext?

    private var phase = Phase.serving
    private var isQuiescing = false
    /// Whether the last answer is to a request that was not read to its end.
    private var lingers = false
    private var incoming: IncomingRequest?
    private var answers = AnswerQueue()
    /// Attempts of this turn, and for each the place of its answer and the form.
    private var attempts: [Attempt] = []
    private var asked: [Asked] = []

    private var hasReadParts = false
    private var isReadHeld = false
    private var lastActivity: NIODeadline
    private var idleTimer: Scheduled<Void>?
    private var requestTimer: Scheduled<Void>?

    private struct Asked {
        let place: Int
        let form: Exchange.Form
    }

    init(_ door: HTTPDoor, exchange: Exchange, eventLoop: any EventLoop) {
        self.door = door
        self.exchange = exchange
        self.eventLoop = eventLoop
        lastActivity = eventLoop.now
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        scheduleIdleCheck(in: TimeAmount(door.configuration.idleDeadline))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        phase = .closed
        idleTimer?.cancel()
        requestTimer?.cancel()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closed
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase == .serving else { return }
        hasReadParts = true
        switch unwrapInboundIn(data) {
        case .head(let head): begin(IncomingRequest(head))
        case .body(let part):
            if incoming?.append(part) == false { refuse(with: Wording.contentTooLarge) }
        case .end:
            if let request = incoming { finish(request) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Octets that completed no part belong to a head that is still arriving.
        let isPartial = phase == .serving && (incoming != nil || !hasReadParts)
        hasReadParts = false
        lastActivity = eventLoop.now
        watchArrival(isPartial)
        ask()
        send()
        context.fireChannelReadComplete()
    }

    /// Only the decoder's errors come here, and those of the socket.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard phase == .serving else { return }
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        refuse(with: error == .headerOverflow ? Wording.fieldsTooLarge : Wording.badRequest)
        send()
    }

    /// The listener stops: what was asked is answered, and then the connection ends.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            isQuiescing = true
            if answers.isEmpty, incoming == nil { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        resumeReading()
        context.fireChannelWritabilityChanged()
    }

    /// A peer that asks faster than it is answered, or does not read its answers, has to wait.
    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { isReadHeld = true }
    }

    private var mayRead: Bool {
        switch phase {
        case .serving: answers.count < Self.maximumInFlight && context?.channel.isWritable == true
        case .lastAnswer: false
        case .closed: true  // until the peer closes too, or we have lingered long enough
        }
    }

    private func resumeReading() {
        guard isReadHeld, mayRead else { return }
        isReadHeld = false
        context?.read()
    }
}

// MARK: - From request to answer

extension HTTPConnection {
    private func begin(_ request: IncomingRequest) {
        incoming = request
        guard request.expectsContinue, answers.isEmpty, let context else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
    }

    private func finish(_ request: IncomingRequest) {
        incoming = nil
        let whole = request.request
        let persistence = request.persistence(on: whole.route)
        let place = answers.append(isHead: request.isHead, persistence: persistence)
        if persistence == .close { phase = .lastAnswer }
        carryOut(request.hasHost ? exchange.begin(whole) : .answer(Wording.noHost), at: place)
    }

    /// Answers a request that cannot be read to its end; nothing after it can be read either.
    private func refuse(with response: Response) {
        let place = answers.append(isHead: incoming?.isHead ?? false, persistence: .close)
        incoming = nil
        phase = .lastAnswer
        lingers = true
        answers.settle(place, response)
    }

    private func carryOut(_ step: Exchange.Step, at place: Int) {
        switch step {
        case .answer(let response, .zero): answers.settle(place, response)
        case .answer(let response, let hold):
            eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(hold)) {
                self.answers.settle(place, response)
                self.send()
            }
        case .complain(let complaint, let response):
            complaint.log(to: door.logger)
            answers.settle(place, response)
        case .verify(let attempt, let form):
            attempts.append(attempt)
            asked.append(Asked(place: place, form: form))
        case .identify(let token, let inquiry):
            let connection = NIOLoopBound(self, eventLoop: eventLoop)
            door.directory.relyingService(bearing: token) { asker in
                connection.run { connection in
                    connection.carryOut(connection.exchange.proceed(inquiry, askedBy: asker), at: place)
                    connection.ask()
                    connection.send()
                }
            }
        }
    }

    /// Puts all questions of this turn to the verifier at once.
    private func ask() {
        guard !attempts.isEmpty else { return }
        let (attempts, asked) = (self.attempts, self.asked)
        self.attempts.removeAll(keepingCapacity: true)
        self.asked.removeAll(keepingCapacity: true)
        let connection = NIOLoopBound(self, eventLoop: eventLoop)
        door.verifier.verify(attempts) { verdicts in
            connection.run { $0.receive(verdicts, to: asked) }
        }
    }

    private func receive(_ verdicts: [Verdict], to asked: [Asked]) {
        for (question, verdict) in zip(asked, verdicts) {
            let (response, hold) = exchange.conclude(question.form, verdict)
            carryOut(.answer(response, after: hold), at: question.place)
        }
        send()
    }

    /// Sends the answers whose turn it is.
    private func send() {
        guard let context, phase != .closed else { return }
        let (octets, closes) = answers.takeReady(closesWhenEmpty: isQuiescing && incoming == nil)
        guard !octets.isEmpty else { return }
        lastActivity = eventLoop.now
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: octets)), promise: nil)
        if closes { close(context) } else { resumeReading() }
    }

    private func close(_ context: ChannelHandlerContext) {
        phase = .closed
        guard lingers else { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
        resumeReading()
    }
}

extension NIOLoopBound where Value == HTTPConnection {
    /// Calls `body` on the event loop: at once if that is where we are.
    fileprivate func run(_ body: @escaping @Sendable (HTTPConnection) -> Void) {
        if eventLoop.inEventLoop { body(value) } else { eventLoop.execute { body(value) } }
    }
}

// MARK: - Deadlines

extension HTTPConnection {
    /// One timer for the life of the connection, set anew only when it fires: nothing to do for a request.
    private func scheduleIdleCheck(in delay: TimeAmount) {
        idleTimer = eventLoop.assumeIsolated().scheduleTask(in: delay) {
            let idleDeadline = TimeAmount(self.door.configuration.idleDeadline)
            guard self.answers.isEmpty, self.incoming == nil else { return self.scheduleIdleCheck(in: idleDeadline) }
            let rest = self.lastActivity + idleDeadline - self.eventLoop.now
            if rest > .zero { self.scheduleIdleCheck(in: rest) } else { self.context?.close(promise: nil) }
        }
    }

    /// Nearly every request arrives whole; only one that does not gets a timer.
    private func watchArrival(_ isPartial: Bool) {
        if !isPartial {
            requestTimer?.cancel()
            requestTimer = nil
        } else if requestTimer == nil {
            let delay = TimeAmount(door.configuration.requestDeadline)
            requestTimer = eventLoop.assumeIsolated().scheduleTask(in: delay) {
                guard self.phase == .serving else { return }
                self.refuse(with: Wording.requestTooSlow)
                self.send()
            }
        }
    }
}
