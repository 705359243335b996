import LatchkeyCore

/// The requests that come to one UDP socket, or over one TLS connection.
/// Pure: no sockets, no clock, no suspension. The door feeds it events and carries out the action it returns.
struct Session {
    /// How long a refusal is kept back at least, as FreeRADIUS does: guessing is slowed, and what is refused for different reasons
    /// looks alike. Clients send again after three to five seconds.
    static let minimumHold = Duration.seconds(1)

    /// Who the clients are.
    enum Trust: Sendable {
        /// In the clear: whoever has the address and the secret.
        case address(ClientTable)
        /// Over TLS, this one.
        case certificate(RADIUSClient)
    }

    /// Where a packet came from. Over TLS the connection is the same for all.
    struct Origin: Hashable, Sendable {
        let address: IPAddress?
        let port: UInt16

        static let connection = Origin(address: nil, port: 0)
    }

    /// A request, told apart from an earlier one at the same place.
    struct Ticket: Hashable, Sendable {
        fileprivate let client: ObjectIdentifier
        fileprivate let key: DuplicateTable.Key
        fileprivate let serial: UInt64
    }

    enum Event {
        /// The octets begin with a packet.
        case packet(Octets, Origin)
        case verdict(Verdict, Ticket)
        /// The time that a refusal was held for is over.
        case released(Ticket)
        /// Half of the time that a reply is kept for at most is over.
        case sweep
        /// Finish what is running, and take no more.
        case quiesce
    }

    enum Action {
        case none
        /// With what the client calls itself, for the log.
        case verify(Attempt, Ticket, nas: String?)
        case reply([UInt8])
        /// Come back with `released` after this time.
        case hold(Duration, Ticket)
        /// The same for a request that can never be accepted, which is worth a line in the log the first time.
        case refuse(Duration, Ticket, Unverifiable)
        /// No answer at all.
        case drop(DropReason, RADIUSClient?)
    }

    /// A way to check passwords that needs the password itself, which Latchkey does not have.
    struct Unverifiable: Sendable {
        let client: RADIUSClient
        let method: RequestAttributes.Method
        let nas: String?
        let isFirst: Bool
    }

    private let trust: Trust
    private var tables: [ObjectIdentifier: DuplicateTable] = [:]
    /// Clients that have sent a Message-Authenticator, of those where that is learned.
    private var signing: Set<ObjectIdentifier> = []
    private var told: Set<Told> = []
    private var lastSerial: UInt64 = 0
    private var isQuiescing = false

    private struct Told: Hashable {
        let client: ObjectIdentifier
        let method: RequestAttributes.Method
    }

    init(_ trust: Trust) {
        self.trust = trust
    }

    /// Whether sweeps are needed.
    var isRemembering: Bool { !tables.values.allSatisfy(\.isEmpty) }
    /// Whether the socket may be closed: it was asked to finish, and has.
    var isFinished: Bool { isQuiescing && tables.values.allSatisfy { $0.runningCount == 0 } }

    mutating func handle(_ event: Event) -> Action {
        switch event {
        case .packet(let octets, let origin):
            guard let client = client(at: origin) else { return .drop(.unknownClient, nil) }
            do throws(DropReason) {
                return try receive(try Packet(octets), from: origin, client)
            } catch {
                return .drop(error, client)
            }
        case .verdict(let verdict, let ticket): return conclude(ticket, verdict)
        case .released(let ticket): return release(ticket)
        case .sweep:
            for client in tables.keys { tables[client]?.sweep() }
            return .none
        case .quiesce:
            isQuiescing = true
            return .none
        }
    }

    private func client(at origin: Origin) -> RADIUSClient? {
        switch trust {
        case .address(let clients): origin.address.flatMap { clients.client(at: $0) }
        case .certificate(let client): client
        }
    }
}

// MARK: Requests

extension Session {
    private mutating func receive(
        _ packet: Packet, from origin: Origin, _ client: RADIUSClient
    ) throws(DropReason) -> Action {
        switch packet.code {
        case .accessRequest:
            let attributes = try RequestAttributes(packet)
            try check(packet, attributes, client)
            return try begin(
                packet, attributes, DuplicateTable.Key(origin: origin, identifier: packet.identifier), client)
        case .statusServer:
            // "Are you there?" Also from a watchdog over TLS (RFC 5997 §4.2). Never without a Message-Authenticator (§3).
            let attributes = try RequestAttributes(packet)
            guard let place = attributes.messageAuthenticatorPlace else { throw .messageAuthenticatorMissing }
            guard secret(of: client).hasSigned(packet, place: place) else { throw .messageAuthenticatorWrong }
            guard !isQuiescing else { throw .stopping }
            return .reply(
                Reply.accept(Self.repeated(packet, attributes), ReplyAttributes(), secret(of: client)))
        case .accessAccept, .accessReject, nil:
            throw .unexpectedCode
        }
    }

    /// Only a packet that its client has signed is looked at, unless the client is allowed not to.
    private mutating func check(
        _ packet: Packet, _ attributes: RequestAttributes, _ client: RADIUSClient
    ) throws(DropReason) {
        if let place = attributes.messageAuthenticatorPlace {
            guard secret(of: client).hasSigned(packet, place: place) else { throw .messageAuthenticatorWrong }
            if client.messageAuthenticator == .learned { signing.insert(ObjectIdentifier(client)) }
            return
        }
        // EAP goes with one everywhere (RFC 3579 §3.1).
        guard attributes.method != .eap else { throw .messageAuthenticatorMissing }
        guard case .address = trust else { return }  // TLS has protected it
        switch client.messageAuthenticator {
        case .required: throw .messageAuthenticatorMissing
        case .learned where signing.contains(ObjectIdentifier(client)): throw .messageAuthenticatorMissing
        case .learned, .optional:
            guard attributes.proxyStates.isEmpty else { throw .unprotectedProxyState }
        }
    }

    private mutating func begin(
        _ packet: Packet, _ attributes: RequestAttributes, _ key: DuplicateTable.Key, _ client: RADIUSClient
    ) throws(DropReason) -> Action {
        let id = ObjectIdentifier(client)
        switch tables[id]?.find(key, packet.authenticator) {
        case .answered(let reply): return .reply(reply)
        case .running: return .none
        case .fresh, nil: break
        }
        guard !isQuiescing else { throw .stopping }
        lastSerial += 1
        let running = DuplicateTable.Running(
            serial: lastSerial, request: Self.repeated(packet, attributes), client: client)
        guard tables[id, default: DuplicateTable()].begin(key, running) else { throw .tooManyRequests }
        let ticket = Ticket(client: id, key: key, serial: lastSerial)
        let nas = attributes.nasIdentifier.flatMap { Attempt.printable($0.text, limit: Attempt.maximumClientLength) }
        guard attributes.method == .pap else {
            let isFirst = told.insert(Told(client: id, method: attributes.method)).inserted
            return .refuse(
                Self.minimumHold, ticket,
                Unverifiable(client: client, method: attributes.method, nas: nas, isFirst: isFirst))
        }
        guard let attempt = attempt(packet, attributes, client) else { return .hold(Self.minimumHold, ticket) }
        return .verify(attempt, ticket, nas: nas)
    }

    /// Nil if the password is not covered as it should be.
    private func attempt(_ packet: Packet, _ attributes: RequestAttributes, _ client: RADIUSClient) -> Attempt? {
        guard let hidden = attributes.userPassword,
            let password = secret(of: client).uncover(hidden, packet.authenticator)
        else { return nil }
        // A telephone's address of hardware on a Wi-Fi, often an IP address on a VPN.
        let station = attributes.callingStationID?.text
        return Attempt(
            authcid: attributes.authcid(strippingDomain: client.stripsDomain), secret: password,
            service: client.service, door: .radius, address: station.flatMap { IPAddress($0) }, client: station)
    }

    private static func repeated(_ packet: Packet, _ attributes: RequestAttributes) -> Reply.Request {
        Reply.Request(
            identifier: packet.identifier, authenticator: packet.authenticator, proxyStates: attributes.proxyStates)
    }

    private func secret(of client: RADIUSClient) -> SharedSecret {
        if case .certificate = trust { .radsec } else { client.secret }
    }
}

// MARK: Verdicts

extension Session {
    private mutating func conclude(_ ticket: Ticket, _ verdict: Verdict) -> Action {
        guard let running = tables[ticket.client]?.running(ticket.key, ticket.serial) else { return .none }
        switch verdict {
        case .accepted:
            return answer(
                ticket, running, Reply.accept(running.request, running.client.accept, secret(of: running.client)))
        case .refused(let refusal, _) where refusal.isTemporary:
            // The client asks another server, or again. A refusal would tell its user that the password is wrong.
            tables[ticket.client]?.remove(ticket.key)
            return .drop(.unavailable, running.client)
        case .refused(_, let hold):
            return .hold(max(Self.minimumHold, min(hold, Verdict.longestHold)), ticket)
        }
    }

    private mutating func release(_ ticket: Ticket) -> Action {
        guard let running = tables[ticket.client]?.running(ticket.key, ticket.serial) else { return .none }
        return answer(ticket, running, Reply.reject(running.request, secret(of: running.client)))
    }

    private mutating func answer(_ ticket: Ticket, _ running: DuplicateTable.Running, _ reply: [UInt8]) -> Action {
        tables[ticket.client]?.conclude(ticket.key, running, reply: reply)
        return .reply(reply)
    }
}
