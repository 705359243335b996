import LatchkeyCore
import Logging
import NIOCore

/// What both transports have in common: the attempts of one read go to the verifier in one question, refusals are held, and what is
/// answered at one time goes out in one flush. To be used on its event loop alone.
final class Conversation {
    /// Where a reply goes; nil over a connection.
    typealias Return = SocketAddress?

    private static let sweepInterval = TimeAmount.seconds(15)
    /// Sweeps from one summary of what is not answered to the next.
    private static let sweepsPerSummary = 4

    private let verifier: any Verifier
    private let logger: Logger
    private let eventLoop: any EventLoop
    private let send: ([UInt8], Return) -> Void
    private let flush: () -> Void
    private let close: () -> Void
    private var session: Session
    private var drops = DropLog()
    private var attempts: [Attempt] = []
    private var asked: [(ticket: Session.Ticket, back: Return)] = []
    private var sweeper: Scheduled<Void>?
    private var sweeps = 0
    private var isClosed = false
    private var isReading = false
    private var hasOutput = false

    /// - Parameters:
    ///   - send: writes a reply without flushing.
    ///   - close: the socket or connection, when nothing is in flight any more.
    init(
        _ trust: Session.Trust, verifier: any Verifier, logger: Logger, eventLoop: any EventLoop,
        send: @escaping ([UInt8], Return) -> Void, flush: @escaping () -> Void, close: @escaping () -> Void
    ) {
        session = Session(trust)
        self.verifier = verifier
        self.logger = logger
        self.eventLoop = eventLoop
        self.send = send
        self.flush = flush
        self.close = close
    }

    /// A packet of the read that `finishRead` ends.
    func receive(_ octets: Octets, from origin: Session.Origin, back: Return) {
        isReading = true
        carryOut(session.handle(.packet(octets, origin)), back: back)
    }

    func finishRead() {
        ask()
        isReading = false
        finishTurn()
    }

    func quiesce() {
        carryOut(session.handle(.quiesce), back: nil)
        finishTurn()
    }

    /// Nobody is left to answer. Verdicts and holds that are still to come find nothing to do.
    func end() {
        isClosed = true
        attempts = []
        asked = []
        sweeper?.cancel()
        sweeper = nil
    }

    // MARK: Asking

    private func ask() {
        guard !attempts.isEmpty, !isClosed else { return }
        let questions = attempts
        let conversation = NIOLoopBound((self, asked), eventLoop: eventLoop)
        attempts.removeAll(keepingCapacity: true)
        asked.removeAll(keepingCapacity: true)
        verifier.verify(questions) { [eventLoop] verdicts in
            @Sendable func conclude() {
                let (conversation, asked) = conversation.value
                conversation.conclude(asked, verdicts)
            }
            if eventLoop.inEventLoop { conclude() } else { eventLoop.execute(conclude) }
        }
    }

    private func conclude(_ asked: [(ticket: Session.Ticket, back: Return)], _ verdicts: [Verdict]) {
        for (place, question) in asked.enumerated() {
            guard !isClosed else { return }
            let verdict = place < verdicts.count ? verdicts[place] : .refused(.unavailable)
            carryOut(session.handle(.verdict(verdict, question.ticket)), back: question.back)
        }
        finishTurn()
    }

    // MARK: Acting

    private func carryOut(_ action: Session.Action, back: Return) {
        switch action {
        case .none: break
        case .verify(let attempt, let ticket, let nas):
            logger.debug(
                "a request is asked about",
                metadata: ["service": "\(attempt.service?.name ?? "")", "nas": "\(nas ?? "")"])
            attempts.append(attempt)
            asked.append((ticket, back))
        case .reply(let octets):
            send(octets, back)
            hasOutput = true
        case .hold(let time, let ticket): hold(ticket, for: time, back: back)
        case .refuse(let time, let ticket, let what):
            if what.isFirst { tell(what) }
            hold(ticket, for: time, back: back)
        case .drop(let reason, let client): drops.note(reason, client, from: back?.ipAddress, logger)
        }
    }

    private func tell(_ what: Session.Unverifiable) {
        logger.warning(
            "a client asks in a way that cannot be verified: let it send PAP, or put a RADIUS server in front that ends EAP",
            metadata: [
                "client": "\(what.client.name)", "method": "\(what.method.rawValue)", "nas": "\(what.nas ?? "")",
            ])
    }

    private func hold(_ ticket: Session.Ticket, for time: Duration, back: Return) {
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] in
            guard let self, !isClosed else { return }
            carryOut(session.handle(.released(ticket)), back: back)
            finishTurn()
        }
    }

    /// Sends what there is to send, unless a read is still going on: then it goes out with what that read brings.
    private func finishTurn() {
        guard !isReading, !isClosed else { return }
        if hasOutput {
            hasOutput = false
            flush()
        }
        if session.isFinished {
            end()
            close()
        } else {
            scheduleSweep()
        }
    }

    private func scheduleSweep() {
        guard sweeper == nil, !isClosed, session.isRemembering || drops.isWaiting else { return }
        sweeper = eventLoop.assumeIsolated().scheduleTask(in: Self.sweepInterval) { [weak self] in
            guard let self else { return }
            sweeper = nil
            sweeps += 1
            if sweeps.isMultiple(of: Self.sweepsPerSummary) { drops.summarise(logger) }
            carryOut(session.handle(.sweep), back: nil)
            finishTurn()
        }
    }
}
