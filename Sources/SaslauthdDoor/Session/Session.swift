import LatchkeyCore

/// One connection: one request, one answer.
/// Pure: no sockets, no clock, no suspension. The door feeds it events and carries out the action it returns.
struct Session {
    /// How long a client may take to say what it wants; real ones say it in one write.
    static let requestTime: Duration = .seconds(8)
    /// How long the rest of a fifth string is waited for. One that has not begun with the fourth is not waited for at all, as
    /// released clients send four and wait.
    static let clientStringTime: Duration = .milliseconds(50)
    /// How long the client may take to hang up once it is answered.
    static let lingerTime: Duration = .seconds(1)

    enum Event {
        /// What has come so far, at the end of a read.
        case received(Reading)
        /// The client says no more, though it may still listen.
        case inputClosed
        case verdict(Verdict)
        /// What `wait` asked for.
        case timeUp
        /// Finish what is running and take no more time than that.
        case quiesce
    }

    enum Action {
        case none
        /// Come back with `timeUp` after this time, unless another action comes first.
        case wait(Duration)
        case verify(Attempt)
        /// Say it and that nothing more will be said; then `linger`, or close.
        case answer(Answer, linger: Duration?)
        /// Nil where there is nothing to tell the log.
        case close(CloseReason?)
    }

    private enum State {
        case expectingRequest
        case expectingClientString(Request)
        case verifying
        /// The refusal is kept back.
        case holding
        case answered
        case closed
    }

    private let realm: SaslauthdDoor.Realm
    private var state = State.expectingRequest
    private var isInputClosed = false

    init(_ configuration: SaslauthdDoor.Configuration) {
        realm = configuration.realm
    }

    /// To be carried out first.
    var opening: Action { .wait(Self.requestTime) }

    /// Whether what comes is part of the request.
    var isReading: Bool {
        switch state {
        case .expectingRequest, .expectingClientString: true
        case .verifying, .holding, .answered, .closed: false
        }
    }

    mutating func handle(_ event: Event) -> Action {
        if case .inputClosed = event { isInputClosed = true }
        switch (state, event) {
        case (.expectingRequest, .received(let reading)), (.expectingClientString, .received(let reading)):
            return take(reading)
        case (.expectingRequest, .inputClosed): return close(.incomplete)
        case (.expectingRequest, .timeUp): return close(.stalled)
        case (.expectingRequest, .quiesce): return close(nil)
        case (.expectingClientString(let request), .inputClosed), (.expectingClientString(let request), .timeUp),
            (.expectingClientString(let request), .quiesce):
            return verify(request)
        case (.verifying, .verdict(let verdict)): return conclude(verdict)
        case (.holding, .timeUp): return answer(.no)
        case (.answered, .inputClosed), (.answered, .timeUp): return close(nil)
        case (_, _): return .none
        }
    }

    private mutating func take(_ reading: Reading) -> Action {
        switch reading {
        case .begun: return .none
        case .faulty: return answer(.no)
        case .request(let request, .begun):
            let isFirst = if case .expectingRequest = state { true } else { false }
            state = .expectingClientString(request)
            return isFirst ? .wait(Self.clientStringTime) : .none
        case .request(let request, .absent), .request(let request, .whole): return verify(request)
        }
    }

    private mutating func verify(_ request: Request) -> Action {
        guard let authcid = realm.authcid(login: request.login, realm: request.realm) else { return answer(.no) }
        state = .verifying
        return .verify(
            Attempt(
                authcid: authcid, secret: request.password, service: request.service, door: .saslauthd,
                address: request.address))
    }

    private mutating func conclude(_ verdict: Verdict) -> Action {
        switch verdict {
        case .accepted: return answer(.ok)
        case .refused(let refusal, _) where refusal.isTemporary: return close(.temporaryFailure)
        case .refused(_, let hold) where hold > .zero:
            state = .holding
            return .wait(min(hold, Verdict.longestHold))
        case .refused: return answer(.no)
        }
    }

    private mutating func answer(_ answer: Answer) -> Action {
        state = isInputClosed ? .closed : .answered
        return .answer(answer, linger: isInputClosed ? nil : Self.lingerTime)
    }

    private mutating func close(_ reason: CloseReason?) -> Action {
        state = .closed
        return .close(reason)
    }
}
