import DoorKit
import LatchkeyCore
import Logging
import NIOCore

/// Carries one connection: the binds of one read go to the verifier in one question, and everything there is to say goes out in one
/// flush.
final class LDAPHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// A connection on which nothing is said for so long, either way, is closed. Pools of connections say something every few minutes.
    static let idleDeadline = TimeAmount.minutes(15)

    private let door: LDAPDoor
    private let peer: Peer
    private let eventLoop: any EventLoop
    private let tree: Tree
    private var session: Session
    private var messages = MessageSplitter()
    private var context: ChannelHandlerContext?

    /// What was asked in this turn.
    private var attempts: [Attempt] = []
    private var tickets: [Session.Ticket] = []
    /// What is to be said with the next flush.
    private var output = BERWriter()
    private var held: [Session.Ticket: Scheduled<Void>] = [:]
    /// Those that nobody abandoned. An abandoned one is cancelled, and tells when it has stopped.
    private var operations: [Session.Ticket: Task<Void, Never>] = [:]
    /// Searches whose client does not read what they find.
    private var waiting: [(ticket: Session.Ticket, promise: EventLoopPromise<Bool>)] = []

    private var isReading = false
    private var isReadHeldBack = false
    private var isClosed = false
    private var hasWarned = false
    private var lastActivity: NIODeadline
    private var idleTimer: Scheduled<Void>?

    init(_ door: LDAPDoor, _ peer: Peer, on eventLoop: any EventLoop) {
        self.door = door
        self.peer = peer
        self.eventLoop = eventLoop
        tree = Tree(base: door.configuration.base, domain: door.configuration.domain)
        session = Session(door.configuration, isLocal: peer.isLocal, isEncrypted: peer.isEncrypted)
        lastActivity = eventLoop.now
    }

    // MARK: Connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        scheduleIdleCheck(in: Self.idleDeadline)
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
            finishTurn()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        door.logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    /// Nobody is left to answer.
    private func end() {
        isClosed = true
        attempts = []
        tickets = []
        messages.discard()
        for timer in held.values { timer.cancel() }
        held = [:]
        for task in operations.values { task.cancel() }
        operations = [:]
        idleTimer?.cancel()
        let waiting = waiting
        self.waiting = []
        for search in waiting { search.promise.succeed(false) }
    }

    private func scheduleIdleCheck(in delay: TimeAmount) {
        idleTimer = eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            guard let self, !isClosed else { return }
            let rest = lastActivity + Self.idleDeadline - eventLoop.now
            if rest > .zero { scheduleIdleCheck(in: rest) } else { context?.close(promise: nil) }
        }
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosed else { return }
        isReading = true
        lastActivity = eventLoop.now
        unwrapInboundIn(data).withUnsafeReadableBytes { messages.append($0) }
        work()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        finishTurn()
        context.fireChannelReadComplete()
    }

    /// A client that does not read its answers, or asks for more at once than we do at once, is not read either.
    func read(context: ChannelHandlerContext) {
        if mayRead(context) { context.read() } else { isReadHeldBack = true }
    }

    private func mayRead(_ context: ChannelHandlerContext) -> Bool {
        context.channel.isWritable && (isClosed || session.takesMessages)
    }

    private func resumeReading() {
        guard isReadHeldBack, let context, mayRead(context) else { return }
        isReadHeldBack = false
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            let waiting = waiting
            self.waiting = []
            for search in waiting { search.promise.succeed(true) }
            resumeReading()
        }
        context.fireChannelWritabilityChanged()
    }

    /// Does what can be done now: answers that are due, then messages that have come.
    private func work() {
        while !isClosed {
            if let action = session.next() {
                carryOut(action)
                continue
            }
            guard session.takesMessages else { return }
            do throws(ProtocolFault) {
                let message = try messages.next(limit: session.messageLimit) { (octets) throws(ProtocolFault) in
                    try Message(octets)
                }
                guard let message else { return }
                carryOut(session.handle(.message(message)))
            } catch {
                close(.fault(error))
            }
        }
    }

    // MARK: Asking

    private func ask() {
        guard !attempts.isEmpty, !isClosed else { return }
        let asked = tickets
        let questions = attempts
        attempts.removeAll(keepingCapacity: true)
        tickets.removeAll(keepingCapacity: true)
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        door.verifier.verify(questions) { verdicts in
            handler.run { $0.conclude(asked, verdicts) }
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

    private func identify(_ token: Secret, _ ticket: Session.Ticket) {
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        door.relyingServices.relyingService(bearing: token) { bearer in
            handler.run { handler in
                handler.carryOut(handler.session.handle(.bearer(bearer, ticket)))
                handler.finishTurn()
            }
        }
    }

    // MARK: Acting

    private func carryOut(_ action: Session.Action) {
        switch action {
        case .none: break
        case .reply(let response): response.write(to: &output)
        case .verify(let attempt, let ticket):
            attempts.append(attempt)
            tickets.append(ticket)
        case .identify(let token, let ticket): identify(token, ticket)
        case .hold(let time, let ticket): hold(ticket, for: time)
        case .operate(let operation, let ticket): operate(operation, ticket)
        case .abandon(let ticket): abandon(ticket)
        case .encrypt(let response): encrypt(response)
        case .warn(let response):
            warn()
            response.write(to: &output)
        case .close(let reason): close(reason)
        }
    }

    private func hold(_ ticket: Session.Ticket, for time: Duration) {
        held[ticket] = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] in
            guard let self else { return }
            held[ticket] = nil
            carryOut(session.handle(.released(ticket)))
            finishTurn()
        }
    }

    /// Everything that is read from here on came encrypted: what came before, and has not been read, is forgotten.
    private func encrypt(_ response: Response) {
        response.write(to: &output)
        flush()
        messages.discard()
        guard let context, let tls = door.tls else { return close(.unbind) }
        do {
            try tls.encrypt(context.channel)
        } catch {
            door.logger.error("a connection cannot be encrypted", metadata: ["error": "\(error)"])
            close(.unbind)
        }
    }

    private func warn() {
        guard !hasWarned else { return }
        hasWarned = true
        door.logger.warning(
            "a password was sent in the clear: configure the client for ldaps or StartTLS, and replace the app password",
            metadata: ["peer": "\(peer.address.map { "\($0)" } ?? "local")"])
    }

    private func close(_ reason: CloseReason) {
        if case .fault(let fault) = reason {
            door.logger.info("connection closed", metadata: ["reason": "\(fault.rawValue)"])
        }
        reason.notice?.write(to: &output)
        flush()
        end()
        context?.close(promise: nil)
    }

    /// Says what there is to say, unless a read is still going on: then it goes out with what that read brings.
    private func finishTurn() {
        guard !isReading, !isClosed else { return }
        // Verdicts may come while we ask, and make room for what waits to be read.
        isReading = true
        repeat {
            work()
            ask()
        } while !isClosed && session.hasNext
        isReading = false
        guard !isClosed else { return }
        flush()
        if session.isFinished {
            Response.noticeOfDisconnection(LDAPResult(.unavailable, "the server is stopping")).write(to: &output)
            flush()
            end()
            context?.close(promise: nil)
        } else {
            resumeReading()
        }
    }

    private func flush() {
        guard !output.octets.isEmpty, let context else { return }
        write(output.take(), context)
    }

    private func write(_ octets: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: octets)), promise: nil)
    }
}

// MARK: - Operations

extension LDAPHandler {
    private func operate(_ operation: Operation, _ ticket: Session.Ticket) {
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        let (door, tree, eventLoop) = (door, tree, eventLoop)
        operations[ticket] = Task {
            var response: Response?
            do throws(StoreError) {
                response = try await operation.run(
                    in: tree, door.directory, allowsAnonymous: door.configuration.allowsAnonymousSearch
                ) { octets in
                    await handler.deliver(octets, of: ticket)
                }
            } catch {
                door.logger.error("the directory cannot be read", metadata: ["cause": "\(error)"])
                response = operation.unavailable
            }
            let last = response
            eventLoop.execute { handler.value.finish(ticket, last) }
        }
    }

    private func abandon(_ ticket: Session.Ticket) {
        operations.removeValue(forKey: ticket)?.cancel()
        let stopped = waiting.filter { $0.ticket == ticket }
        waiting.removeAll { $0.ticket == ticket }
        for search in stopped { search.promise.succeed(false) }
    }

    /// Writes entries, unless the search was abandoned meanwhile. The promise is kept when there is room for more.
    fileprivate func deliver(_ octets: [UInt8], of ticket: Session.Ticket, _ promise: EventLoopPromise<Bool>) {
        guard !isClosed, operations[ticket] != nil, let context else { return promise.succeed(false) }
        lastActivity = eventLoop.now
        flush()
        write(octets, context)
        if context.channel.isWritable { promise.succeed(true) } else { waiting.append((ticket, promise)) }
    }

    private func finish(_ ticket: Session.Ticket, _ response: Response?) {
        guard !isClosed else { return }
        let isWanted = operations.removeValue(forKey: ticket) != nil
        carryOut(session.handle(.finished(ticket)))
        if isWanted { response?.write(to: &output) }
        finishTurn()
    }
}

extension NIOLoopBound where Value == LDAPHandler {
    /// Calls `body` on the event loop: at once if that is where we are.
    fileprivate func run(_ body: @escaping @Sendable (LDAPHandler) -> Void) {
        if eventLoop.inEventLoop { body(value) } else { eventLoop.execute { body(value) } }
    }

    fileprivate func deliver(_ octets: [UInt8], of ticket: Session.Ticket) async -> Bool {
        let promise = eventLoop.makePromise(of: Bool.self)
        eventLoop.execute { value.deliver(octets, of: ticket, promise) }
        // It is never failed.
        return (try? await promise.futureResult.get()) ?? false
    }
}
