import LatchkeyCore
import SASL

/// One connection of the auth-client protocol, after the greeting.
/// Pure: no sockets, no clock, no suspension. The door feeds it events and carries out the action it returns.
struct Session {
    /// Running requests of one connection; a busy Dovecot login process has some hundreds.
    static let maximumRequests = 4_096
    /// A request waits for the client's response for at most this many sweeps.
    static let maximumSweeps = 10

    /// A request, told apart from an earlier one with the same id that was cancelled.
    struct Ticket: Hashable, Sendable {
        let id: UInt32
        let serial: UInt32
    }

    enum Event {
        case command(Command)
        case verdict(Verdict, Ticket)
        /// The time that a refusal was held for is over.
        case released(Ticket)
        /// A tenth of the time that a client has for its response is over.
        case sweep
        /// Finish what is running and take no more time than that.
        case quiesce
    }

    enum Action {
        case none
        case reply(Reply)
        case verify(Attempt, Ticket)
        /// Come back with `released` after this time.
        case hold(Duration, Ticket)
        case close(CloseReason)
    }

    private enum Phase {
        case expectingVersion
        case expectingProcessID(minor: UInt32)
        case serving(minor: UInt32)
        case closed
    }

    /// A request whose attempt is with the verifier, or whose refusal is held.
    private struct Running {
        let serial: UInt32
        let authcid: String
        let closesOnTemporaryFailure: Bool
    }

    /// A request that waits for the client's response to a challenge.
    private struct Awaiting {
        let request: AuthRequest
        var exchange: ServerExchange
        var sweeps = 0
    }

    private let configuration: DovecotDoor.Configuration
    private var phase = Phase.expectingVersion
    private var running: [UInt32: Running] = [:]
    private var awaiting: [UInt32: Awaiting] = [:]
    private var lastSerial: UInt32 = 0
    private var isQuiescing = false

    init(_ configuration: DovecotDoor.Configuration) {
        self.configuration = configuration
    }

    /// Whether sweeps are needed.
    var isAwaitingResponses: Bool { !awaiting.isEmpty }
    /// Whether the connection may be closed: it was asked to finish, and has. A request that waits for its client is not
    /// waited for.
    var isFinished: Bool { isQuiescing && running.isEmpty }

    mutating func handle(_ event: Event) -> Action {
        if case .closed = phase { return .none }
        switch event {
        case .command(let command): return handle(command)
        case .verdict(let verdict, let ticket): return conclude(ticket, verdict)
        case .released(let ticket): return release(ticket)
        case .sweep: sweep()
        case .quiesce: isQuiescing = true
        }
        return .none
    }

    private mutating func handle(_ command: Command) -> Action {
        switch (phase, command) {
        case (.expectingVersion, .version(let major, let minor)):
            guard major == 1 else { return close(.unsupportedVersion) }
            phase = .expectingProcessID(minor: minor)
        case (.expectingProcessID(let minor), .processID):
            phase = .serving(minor: minor)
        case (.serving(let minor), .auth(let request, let text)):
            return begin(request, response: text, minor: minor)
        case (.serving(let minor), .cont(let id, let text)):
            return resume(id, response: text, minor: minor)
        case (.serving, .cancel(let id)):
            running[id] = nil
            awaiting[id] = nil
        case (.serving, _):
            return close(.unknownCommand)
        case (_, _):
            return close(.handshakeExpected)
        }
        return .none
    }

    /// Nothing is answered any more.
    private mutating func close(_ reason: CloseReason) -> Action {
        phase = .closed
        running = [:]
        awaiting = [:]
        return .close(reason)
    }
}

// MARK: Exchanges

extension Session {
    private mutating func begin(_ request: AuthRequest, response text: Octets?, minor: UInt32) -> Action {
        guard running[request.id] == nil, awaiting[request.id] == nil else { return close(.duplicateID) }
        guard running.count + awaiting.count < Self.maximumRequests else { return close(.tooManyRequests) }
        guard let mechanism = request.mechanism else {
            return .reply(.fail(id: request.id, user: nil, .unsupportedMechanism))
        }
        if configuration.requireSecured, !request.isSecured {
            return .reply(.fail(id: request.id, user: nil, .securedRequired))
        }
        var exchange = ServerExchange(mechanism)
        // Before minor version 2 nobody could send an empty response, and Exim writes `resp=` where it has none.
        guard let text, minor >= 2 || !text.isEmpty else {
            return follow(exchange.begin(initialResponse: nil), request, exchange)
        }
        let step = Self.withResponse(text, minor: minor) { exchange.begin(initialResponse: $0) }
        return follow(step, request, exchange)
    }

    private mutating func resume(_ id: UInt32, response text: Octets, minor: UInt32) -> Action {
        if text == "#" { return .none }  // the exchange goes on out of band; neither mechanism has such a step
        guard var waiting = awaiting.removeValue(forKey: id) else {
            // Also where the request is with the verifier: it is answered here, so its verdict must not answer it again.
            let isRunning = running.removeValue(forKey: id) != nil
            return .reply(.fail(id: id, user: nil, isRunning ? .refused : .timedOut))
        }
        let step = Self.withResponse(text, minor: minor) { waiting.exchange.step($0) }
        return follow(step, waiting.request, waiting.exchange)
    }

    /// Lends the response decoded; nil if it is not base64. From minor version 2 on `=` is an empty one.
    private static func withResponse(
        _ text: Octets, minor: UInt32, _ body: (Octets) -> ServerExchange.Step
    ) -> ServerExchange.Step? {
        if minor >= 2, text == "=" { return body(Octets(start: nil, count: 0)) }
        return Base64.withDecoded(text, body)
    }

    private mutating func follow(
        _ step: ServerExchange.Step?, _ request: AuthRequest, _ exchange: ServerExchange
    ) -> Action {
        switch step {
        case .finished(let authcid, let secret):
            return verify(authcid, secret, request)
        case .challenge(let challenge):
            awaiting[request.id] = Awaiting(request: request, exchange: exchange)
            return .reply(.cont(id: request.id, challenge: Base64.encode(challenge)))
        case .failed(.malformed):
            return .reply(.fail(id: request.id, user: nil))
        case .failed(.foreignAuthzid(let authcid)):
            return .reply(.fail(id: request.id, user: authcid))
        case nil:
            return .reply(.fail(id: request.id, user: nil, .invalidBase64))
        }
    }

    private mutating func sweep() {
        for (id, var waiting) in awaiting {
            waiting.sweeps += 1
            awaiting[id] = waiting.sweeps < Self.maximumSweeps ? waiting : nil
        }
    }
}

// MARK: Verdicts

extension Session {
    private mutating func verify(_ authcid: String, _ secret: Secret, _ request: AuthRequest) -> Action {
        lastSerial &+= 1
        running[request.id] = Running(
            serial: lastSerial, authcid: authcid,
            closesOnTemporaryFailure: configuration.temporaryFailure.closes(on: request))
        let attempt = Attempt(
            authcid: authcid, secret: secret, service: request.service, door: configuration.door,
            address: request.address, client: request.client)
        return .verify(attempt, Ticket(id: request.id, serial: lastSerial))
    }

    private mutating func conclude(_ ticket: Ticket, _ verdict: Verdict) -> Action {
        guard let place = running.index(forKey: ticket.id), running.values[place].serial == ticket.serial else {
            return .none  // cancelled meanwhile
        }
        switch verdict {
        case .accepted(let acceptance):
            running.remove(at: place)
            return .reply(.ok(id: ticket.id, user: acceptance.login.text))
        case .refused(let refusal, _) where refusal.isTemporary:
            let request = running.remove(at: place).value
            if request.closesOnTemporaryFailure { return close(.temporaryFailure) }
            return .reply(.fail(id: ticket.id, user: request.authcid, .temporary))
        case .refused(_, let hold) where hold > .zero:
            return .hold(min(hold, Verdict.longestHold), ticket)
        case .refused:
            let request = running.remove(at: place).value
            return .reply(.fail(id: ticket.id, user: request.authcid))
        }
    }

    private mutating func release(_ ticket: Ticket) -> Action {
        guard let place = running.index(forKey: ticket.id), running.values[place].serial == ticket.serial else {
            return .none
        }
        return .reply(.fail(id: ticket.id, user: running.remove(at: place).value.authcid))
    }
}

extension DovecotDoor.TemporaryFailure {
    fileprivate func closes(on request: AuthRequest) -> Bool {
        switch self {
        case .automatic: request.service == .smtp && !request.hasSession
        case .close: true
        case .reply: false
        }
    }
}
