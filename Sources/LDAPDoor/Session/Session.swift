import LatchkeyCore
import SASL

/// One connection. Pure: no sockets, no clock, no suspension. The door feeds it events, carries out the action that each gives, and then
/// those that `next` gives until there are none.
///
/// Binds stand in a row. Those that come one after the other are verified together and answered in their order; any other request
/// waits until the row is empty, and a bind waits until what came before it is done (RFC 4511 §4.2.1). Only one request is
/// taken that has to wait: the rest stays unread.
struct Session {
    /// Operations and binds of one connection that are not answered yet.
    static let maximumOutstanding = 64

    /// An operation or a bind, told apart from an earlier one of the same id that was abandoned.
    struct Ticket: Hashable, Sendable {
        let id: Int32
        let serial: UInt64
    }

    enum Event {
        case message(Message)
        case verdict(Verdict, Ticket)
        /// Whose the token of a relying service's bind is.
        case bearer(Result<RelyingService?, StoreError>, Ticket)
        /// The time that a refusal was held for is over.
        case released(Ticket)
        /// An operation has been answered, or will not be.
        case finished(Ticket)
        /// Finish what is running and take no more than that.
        case quiesce
    }

    enum Action {
        case none
        case reply(Response)
        case verify(Attempt, Ticket)
        /// Ask who bears this token.
        case identify(Secret, Ticket)
        /// Come back with `released` after this time.
        case hold(Duration, Ticket)
        case operate(Operation, Ticket)
        case abandon(Ticket)
        /// Say this in the clear, forget what has been read beyond it, and encrypt.
        case encrypt(Response)
        /// A secret came in the clear over a network: it is to be told that loudly, and this said.
        case warn(Response)
        case close(CloseReason)
    }

    /// What a bind comes to.
    private struct Outcome {
        let result: LDAPResult
        var identity = Identity.anonymous
        var serverCredentials: [UInt8]?
        /// The secret came in the clear over a network.
        var isExposed = false
    }

    private struct Bind {
        let ticket: Ticket
        /// Who it is if the secret is right.
        let name: BindName
        var outcome: Outcome?
        var isHeld = false
    }

    private let configuration: LDAPDoor.Configuration
    private let tree: Tree
    private let isLocal: Bool
    private var isEncrypted: Bool
    private(set) var identity = Identity.anonymous
    private var binds: [Bind] = []
    private var running: [Ticket] = []
    private var deferred: Message?
    private var lastSerial: UInt64 = 0
    private var isQuiescing = false
    private var isClosed = false

    init(_ configuration: LDAPDoor.Configuration, isLocal: Bool, isEncrypted: Bool) {
        self.configuration = configuration
        self.isLocal = isLocal
        self.isEncrypted = isEncrypted
        tree = Tree(base: configuration.base, domain: configuration.domain)
    }

    /// Whether the next message may be read.
    var takesMessages: Bool {
        !isClosed && !isQuiescing && deferred == nil && binds.count + running.count < Self.maximumOutstanding
    }
    /// The longest message that it takes, in octets.
    var messageLimit: Int {
        identity == .anonymous ? MessageSplitter.maximumLengthBeforeBind : MessageSplitter.maximumLength
    }
    /// Whether the connection may be closed: it was asked to finish, and has.
    var isFinished: Bool { isQuiescing && binds.isEmpty && running.isEmpty && deferred == nil }

    mutating func handle(_ event: Event) -> Action {
        if isClosed { return .none }
        switch event {
        case .message(let message): return receive(message)
        case .verdict(let verdict, let ticket): return conclude(ticket, verdict)
        case .bearer(let bearer, let ticket): settle(ticket, outcome(of: bearer, for: ticket))
        case .released(let ticket): release(ticket)
        case .finished(let ticket): running.removeAll { $0 == ticket }
        case .quiesce: isQuiescing = true
        }
        return .none
    }

    /// Whether something is due now.
    var hasNext: Bool {
        guard !isClosed else { return false }
        if let bind = binds.first, bind.outcome != nil, !bind.isHeld { return true }
        return deferred.map { mayBegin($0.request) } ?? false
    }

    /// What is due now; nil if nothing is.
    mutating func next() -> Action? {
        guard hasNext else { return nil }
        if let bind = binds.first, let outcome = bind.outcome, !bind.isHeld {
            binds.removeFirst()
            identity = outcome.identity
            let response = Response.bind(
                id: bind.ticket.id, outcome.result, serverCredentials: outcome.serverCredentials)
            return outcome.isExposed ? .warn(response) : .reply(response)
        }
        guard let message = deferred else { return nil }
        deferred = nil
        return begin(message)
    }

    // MARK: Messages

    private mutating func receive(_ message: Message) -> Action {
        switch message.request {
        case .unbind: return close(.unbind)
        case .abandon(let id): return abandon(id)
        default: break
        }
        guard !isOutstanding(message.id) else { return close(.fault(.messageID)) }
        guard mayBegin(message.request) else {
            deferred = message
            return .none
        }
        return begin(message)
    }

    private func isOutstanding(_ id: Int32) -> Bool {
        binds.contains { $0.ticket.id == id } || running.contains { $0.id == id } || deferred?.id == id
    }

    private func mayBegin(_ request: Request) -> Bool {
        if case .bind = request { return running.isEmpty }
        return binds.isEmpty
    }

    private mutating func begin(_ message: Message) -> Action {
        if message.controls.hasUnknownCritical {
            return .reply(refusal(of: message, LDAPResult(.unavailableCriticalExtension)))
        }
        let ticket = nextTicket(message.id)
        switch message.request {
        case .bind(let bind): return begin(bind, ticket)
        case .search(let request): return operate(.search(request, message.controls.paging), ticket)
        case .compare(let request): return operate(.compare(request), ticket)
        case .extended(let request): return extended(request, message.id)
        case .searchBeyondLimits:
            return .reply(refusal(of: message, LDAPResult(.adminLimitExceeded, "the filter or a list is too large")))
        case .write:
            return .reply(refusal(of: message, LDAPResult(.unwillingToPerform, Self.readOnly + elsewhere)))
        case .unbind, .abandon: return .none
        }
    }

    /// An answer of the kind that the request gets.
    private func refusal(of message: Message, _ result: LDAPResult) -> Response {
        switch message.request {
        case .bind: .bind(id: message.id, result)
        case .search, .searchBeyondLimits: .searchDone(id: message.id, result)
        case .compare: .compare(id: message.id, result)
        case .extended: .extended(id: message.id, result)
        case .write(let tag): .plain(id: message.id, tag: tag, result)
        case .unbind, .abandon: .noticeOfDisconnection(result)  // neither gets an answer, nor comes here
        }
    }

    private mutating func nextTicket(_ id: Int32) -> Ticket {
        lastSerial += 1
        return Ticket(id: id, serial: lastSerial)
    }

    private mutating func operate(_ kind: Operation.Kind, _ ticket: Ticket) -> Action {
        running.append(ticket)
        let root = Entry(
            rootOf: tree, offersStartTLS: configuration.offersStartTLS && !isEncrypted,
            mechanisms: isConfidential ? [Mechanism.plain.rawValue] : [])
        return .operate(Operation(id: ticket.id, kind: kind, identity: identity, root: root), ticket)
    }

    private mutating func abandon(_ id: Int32) -> Action {
        // A bind cannot be abandoned (RFC 4511 §4.11); a request that waits can.
        if let message = deferred, message.id == id {
            if case .bind = message.request { return .none }
            deferred = nil
            return .none
        }
        // It counts until it has stopped: else searches could be begun and abandoned faster than they stop.
        return running.first { $0.id == id }.map { .abandon($0) } ?? .none
    }

    /// Nothing is answered any more.
    private mutating func close(_ reason: CloseReason) -> Action {
        isClosed = true
        binds = []
        running = []
        deferred = nil
        return .close(reason)
    }

    private static let readOnly = "nothing is changed through LDAP"

    /// Where things are changed.
    private var elsewhere: String { configuration.portal.map { ": see \($0)" } ?? ": use the portal" }
}

// MARK: - Extended operations

extension Session {
    private mutating func extended(_ request: ExtendedRequest, _ id: Int32) -> Action {
        switch request.name {
        case ExtendedRequest.whoAmI: return .reply(.extended(id: id, .success, value: authzid))
        case ExtendedRequest.startTLS: return startTLS(id)
        case ExtendedRequest.passwordModify:
            let words = "app passwords are made, not chosen" + elsewhere
            return .reply(.extended(id: id, LDAPResult(.unwillingToPerform, words)))
        default:
            return .reply(.extended(id: id, LDAPResult(.protocolError, "unsupported extended operation")))
        }
    }

    /// RFC 4513 §5.2.1.8; empty for somebody who has not bound.
    private var authzid: String {
        switch identity {
        case .anonymous: ""
        case .person(let login, let app):
            "dn:" + Tree(base: tree.base, domain: tree.domain, app: app).name(of: .person(login))
        case .service(let service): "dn:" + tree.name(of: .service(ServiceName(text: service.name)))
        }
    }

    /// RFC 4511 §4.14.
    private mutating func startTLS(_ id: Int32) -> Action {
        func refuse(_ code: ResultCode, _ words: String) -> Action {
            .reply(.extended(id: id, LDAPResult(code, words)))
        }
        if isEncrypted { return refuse(.operationsError, "TLS is established already") }
        guard running.isEmpty else { return refuse(.operationsError, "other operations are going on") }
        guard configuration.offersStartTLS else { return refuse(.protocolError, "unsupported extended operation") }
        isEncrypted = true
        identity = .anonymous
        return .encrypt(.extended(id: id, .success))
    }
}

// MARK: - Binds

extension Session {
    /// A secret that comes now crosses no network in the clear.
    private var isConfidential: Bool { isEncrypted || isLocal }

    private mutating func begin(_ bind: BindRequest, _ ticket: Ticket) -> Action {
        func settled(_ outcome: Outcome, _ name: BindName = .anonymous) -> Action {
            binds.append(Bind(ticket: ticket, name: name, outcome: outcome))
            return .none
        }
        guard bind.version == 3 else { return settled(Outcome(result: LDAPResult(.protocolError, "only version 3"))) }
        switch bind.authentication {
        case .simple(let secret):
            let name = BindName(bind.name, in: tree)
            if name == .anonymous {
                // A secret without a name proves nothing (RFC 4513 §5.1): it is no anonymous bind either.
                return settled(secret.isEmpty ? Outcome(result: .success) : Self.refused)
            }
            // Many applications take the success of such a bind for a valid login (RFC 4513 §6.3.1).
            guard !secret.isEmpty else {
                let words = "unauthenticated bind (DN with no password) disallowed"
                return settled(Outcome(result: LDAPResult(.unwillingToPerform, words)))
            }
            return ask(name, secret, ticket)
        case .sasl(let mechanism, let credentials):
            guard isPlain(mechanism) else { return settled(Outcome(result: LDAPResult(.authMethodNotSupported))) }
            guard isConfidential else {
                return settled(Outcome(result: Self.confidentialityRequired, isExposed: credentials != nil))
            }
            guard let credentials else {
                // The client goes on with a bind of the same mechanism (RFC 4513 §5.2.1.2).
                return settled(Outcome(result: LDAPResult(.saslBindInProgress), serverCredentials: []))
            }
            var exchange = ServerExchange(.plain)
            switch credentials.withBytes({ exchange.begin(initialResponse: $0) }) {
            case .finished(let authcid, let secret): return ask(.person(authcid: authcid, .tree), secret, ticket)
            case .challenge, .failed: return settled(Self.refused)
            }
        case .unknown:
            return settled(Outcome(result: LDAPResult(.authMethodNotSupported)))
        }
    }

    private func isPlain(_ mechanism: String) -> Bool {
        var mechanism = mechanism
        return mechanism.withUTF8 { Mechanism(name: UnsafeRawBufferPointer($0)) } == .plain
    }

    private mutating func ask(_ name: BindName, _ secret: Secret, _ ticket: Ticket) -> Action {
        guard isConfidential else {
            let outcome = Outcome(result: Self.confidentialityRequired, isExposed: true)
            binds.append(Bind(ticket: ticket, name: name, outcome: outcome))
            return .none
        }
        binds.append(Bind(ticket: ticket, name: name))
        switch name {
        case .anonymous, .service: return .identify(secret, ticket)
        case .person(let authcid, let view):
            // The client's own address is not known: whoever is connected is the server that asks for it.
            return .verify(Attempt(authcid: authcid, secret: secret, service: service(of: view), door: .ldap), ticket)
        }
    }

    private func service(of view: TreePath.View) -> Service? {
        switch view {
        case .tree: configuration.service
        case .app(let service): service
        }
    }

    /// The same for every reason.
    private static let refused = Outcome(result: LDAPResult(.invalidCredentials, Refusal.wireText))
    private static let confidentialityRequired = LDAPResult(
        .confidentialityRequired, "TLS required: use ldaps or StartTLS before a password is sent")
    private static let unavailable = Outcome(result: LDAPResult(.unavailable, Refusal.unavailableWireText))

    private mutating func conclude(_ ticket: Ticket, _ verdict: Verdict) -> Action {
        guard let place = binds.firstIndex(where: { $0.ticket == ticket }) else { return .none }
        switch verdict {
        case .accepted(let acceptance):
            var app: Service?
            if case .person(_, .app(let service)) = binds[place].name { app = service }
            binds[place].outcome = Outcome(result: .success, identity: .person(acceptance.login, app: app))
        case .refused(let refusal, _) where refusal.isTemporary:
            binds[place].outcome = Self.unavailable
        case .refused(_, let hold):
            binds[place].outcome = Self.refused
            guard hold > .zero else { return .none }
            binds[place].isHeld = true
            return .hold(min(hold, Verdict.longestHold), ticket)
        }
        return .none
    }

    /// A token is good only under the name of who bears it.
    private func outcome(of bearer: Result<RelyingService?, StoreError>, for ticket: Ticket) -> Outcome {
        switch bearer {
        case .failure: return Self.unavailable
        case .success(let service):
            guard let service, let bind = binds.first(where: { $0.ticket == ticket }),
                bind.name == .service(ServiceName(text: service.name))
            else { return Self.refused }
            return Outcome(result: .success, identity: .service(service))
        }
    }

    private mutating func settle(_ ticket: Ticket, _ outcome: Outcome) {
        guard let place = binds.firstIndex(where: { $0.ticket == ticket }) else { return }
        binds[place].outcome = outcome
    }

    private mutating func release(_ ticket: Ticket) {
        guard let place = binds.firstIndex(where: { $0.ticket == ticket }) else { return }
        binds[place].isHeld = false
    }
}
