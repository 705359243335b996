import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import RADIUSDoor

/// What a session did, in a form to compare.
private enum Seen: Equatable {
    case none, verify(String, password: String), reply(code: UInt8), hold(Duration), refuse(
        RequestAttributes.Method, isFirst: Bool)
    case drop(DropReason)
}

/// One client's dialogue with a session.
private struct Dialogue {
    var session: Session
    var ticket: Session.Ticket?
    var reply: [UInt8] = []
    var attempt: Attempt?

    init(
        _ requirement: RADIUSClient.MessageAuthenticator = .required, stripsDomain: Bool = false,
        isEncrypted: Bool = false, accept: ReplyAttributes = ReplyAttributes()
    ) {
        let client = RADIUSClient(
            name: "here", networks: ["192.0.2.0/24"].compactMap { Network($0) },
            secret: SharedSecret(Secret("testing123testing123")), service: .vpn, messageAuthenticator: requirement,
            stripsDomain: stripsDomain, accept: accept)
        session = Session(isEncrypted ? .certificate(client) : .address(ClientTable([client])))
    }

    mutating func say(_ octets: [UInt8], from address: String = "192.0.2.7", port: UInt16 = 1_000) -> Seen {
        let origin = Session.Origin(address: IPAddress(address), port: port)
        return octets.withUnsafeBytes { see(session.handle(.packet($0, origin))) }
    }

    mutating func say(_ request: RequestMaker, port: UInt16 = 1_000) -> Seen { say(request.octets, port: port) }

    mutating func conclude(_ verdict: Verdict) throws -> Seen {
        see(session.handle(.verdict(verdict, try #require(ticket))))
    }

    mutating func release() throws -> Seen { see(session.handle(.released(try #require(ticket)))) }

    private mutating func see(_ action: Session.Action) -> Seen {
        switch action {
        case .none: return .none
        case .verify(let attempt, let ticket, _):
            self.ticket = ticket
            self.attempt = attempt
            return .verify(attempt.authcid, password: attempt.secret.reveal() ?? "?")
        case .reply(let octets):
            reply = octets
            return .reply(code: octets[0])
        case .hold(let time, let ticket):
            self.ticket = ticket
            return .hold(time)
        case .refuse(_, let ticket, let what):
            self.ticket = ticket
            return .refuse(what.method, isFirst: what.isFirst)
        case .drop(let reason, _): return .drop(reason)
        }
    }
}

struct SessionTests {
    private let request = RequestMaker.pap("ada", "a-b-c")

    @Test("who is accepted is told so at once, with what the client shall give them")
    func acceptance() throws {
        var dialogue = Dialogue(accept: ReplyAttributes(vlan: 42))
        #expect(dialogue.say(request) == .verify("ada", password: "a-b-c"))
        #expect(dialogue.attempt?.service == .vpn && dialogue.attempt?.door == .radius)
        #expect(try dialogue.conclude(accepted()) == .reply(code: 2))
        #expect(request.believed(dialogue.reply)?.map(\.type) == [80, 64, 65, 81])
    }

    @Test(
        "whoever is refused is told the same, a second later at least",
        arguments: [Refusal.unknown, .revoked, .serviceNotAllowed, .malformed, .throttled])
    func refusals(refusal: Refusal) throws {
        var dialogue = Dialogue(accept: ReplyAttributes(vlan: 42))
        #expect(dialogue.say(request) == .verify("ada", password: "a-b-c"))
        #expect(try dialogue.conclude(.refused(refusal)) == .hold(.seconds(1)))
        #expect(try dialogue.release() == .reply(code: 3))
        let said = try #require(request.believed(dialogue.reply))
        #expect(said.map(\.type) == [80, 18])
        #expect(said.last?.value == Array("Authentication failed".utf8))
    }

    @Test("a longer hold is kept, but never beyond what a client waits for")
    func holds() throws {
        for (hold, kept) in [(2, 2), (60, 3)] {
            var dialogue = Dialogue()
            _ = dialogue.say(request)
            #expect(try dialogue.conclude(.refused(.unknown, hold: .seconds(hold))) == .hold(.seconds(kept)))
        }
    }

    @Test("while it cannot be known nothing is said, and the same packet is asked about again")
    func unavailable() throws {
        for refusal in [Refusal.unavailable, .awaitingApproval] {
            var dialogue = Dialogue()
            _ = dialogue.say(request)
            #expect(try dialogue.conclude(.refused(refusal)) == .drop(.unavailable))
            #expect(dialogue.say(request) == .verify("ada", password: "a-b-c"))
        }
    }

    @Test("a packet that comes again is not asked about again, and gets the same answer")
    func duplicates() throws {
        var dialogue = Dialogue()
        _ = dialogue.say(request)
        #expect(dialogue.say(request) == .none)
        #expect(try dialogue.conclude(.refused(.unknown)) == .hold(.seconds(1)))
        #expect(dialogue.say(request) == .none)
        _ = try dialogue.release()
        let first = dialogue.reply
        #expect(dialogue.say(request) == .reply(code: 3))
        #expect(dialogue.reply == first)
        _ = dialogue.session.handle(.sweep)
        #expect(dialogue.say(request) == .reply(code: 3))
        _ = dialogue.session.handle(.sweep)
        _ = dialogue.session.handle(.sweep)
        #expect(!dialogue.session.isRemembering)
        #expect(dialogue.say(request) == .verify("ada", password: "a-b-c"), "half a minute later it is forgotten")
    }

    @Test("another port, or another authenticator with the same identifier, is another request")
    func newRequests() throws {
        var dialogue = Dialogue()
        _ = dialogue.say(request)
        let old = try #require(dialogue.ticket)
        #expect(dialogue.say(request, port: 1_001) == .verify("ada", password: "a-b-c"))
        var later = RequestMaker.pap("ada", "d-e-f")
        later.authenticator[0] ^= 1
        later.attributes[1].1 = later.covered(Array("d-e-f".utf8))
        #expect(dialogue.say(later) == .verify("ada", password: "d-e-f"))
        let new = dialogue.ticket
        dialogue.ticket = old
        #expect(try dialogue.conclude(accepted()) == .none, "the client has given the earlier one up")
        dialogue.ticket = new
        #expect(try dialogue.conclude(accepted()) == .reply(code: 2))
        #expect(later.believed(dialogue.reply) != nil)
    }

    @Test("requests without an answer are bounded, and there is room again when they have one")
    func bound() throws {
        var dialogue = Dialogue()
        for number in 0..<DuplicateTable.maximumRunning {
            #expect(dialogue.say(request, port: UInt16(number)) == .verify("ada", password: "a-b-c"))
        }
        #expect(dialogue.say(request, port: 60_000) == .drop(.tooManyRequests))
        #expect(try dialogue.conclude(accepted()) == .reply(code: 2))
        #expect(dialogue.say(request, port: 60_000) == .verify("ada", password: "a-b-c"))
    }

    @Test("Proxy-States come back in their order, after the signature and before the rest")
    func proxyStates() throws {
        var dialogue = Dialogue()
        var request = request
        request.attributes += [(33, [1]), (32, Array("nas".utf8)), (33, []), (33, [1])]
        _ = dialogue.say(request)
        _ = try dialogue.conclude(.refused(.unknown))
        _ = try dialogue.release()
        let said = try #require(request.believed(dialogue.reply))
        #expect(said.map(\.type) == [80, 33, 33, 33, 18])
        #expect(said[1...3].map(\.value) == [[1], [], [1]])
    }

    @Test("whoever is not configured, does not sign, or signs wrongly gets no answer")
    func drops() {
        var dialogue = Dialogue()
        #expect(dialogue.say(request.octets, from: "198.51.100.1") == .drop(.unknownClient))
        var unsigned = request
        unsigned.isSigned = false
        #expect(dialogue.say(unsigned) == .drop(.messageAuthenticatorMissing))
        var foreign = request
        foreign.secret = "another"
        #expect(dialogue.say(foreign) == .drop(.messageAuthenticatorWrong))
        for place in request.octets.indices where place != 2 && place != 3 {
            var changed = request.octets
            changed[place] ^= 1
            guard case .drop = dialogue.say(changed) else {
                Issue.record("octet \(place) can be changed")
                continue
            }
        }
        for code: UInt8 in [2, 3, 4, 5, 11, 40, 43, 255] {
            var other = request
            other.code = code
            #expect(dialogue.say(other) == .drop(.unexpectedCode))
        }
    }

    @Test("a client may be let off signing, but not with a Proxy-State, with EAP, or wrongly")
    func optional() {
        var dialogue = Dialogue(.optional)
        var unsigned = request
        unsigned.isSigned = false
        #expect(dialogue.say(unsigned) == .verify("ada", password: "a-b-c"))
        unsigned.attributes.append((33, [1]))
        #expect(dialogue.say(unsigned) == .drop(.unprotectedProxyState))
        unsigned.attributes[2] = (79, [2, 0, 0, 4])
        #expect(dialogue.say(unsigned) == .drop(.messageAuthenticatorMissing))
        var foreign = request
        foreign.secret = "another"
        #expect(dialogue.say(foreign) == .drop(.messageAuthenticatorWrong))
    }

    @Test("a client that has signed once must go on to")
    func learned() {
        var dialogue = Dialogue(.learned)
        var unsigned = request
        unsigned.isSigned = false
        #expect(dialogue.say(unsigned) == .verify("ada", password: "a-b-c"))
        #expect(dialogue.say(request, port: 1_001) == .verify("ada", password: "a-b-c"))
        unsigned.identifier += 1
        #expect(dialogue.say(unsigned) == .drop(.messageAuthenticatorMissing))
    }

    @Test("what needs the password itself is refused, and worth a line the first time")
    func unverifiable() throws {
        var dialogue = Dialogue()
        for (number, isFirst) in [(0, true), (1, false)] {
            var request = RequestMaker()
            request.identifier = UInt8(number)
            request.attributes = [(1, Array("ada".utf8)), (79, [2, 0, 0, 4])]
            #expect(dialogue.say(request) == .refuse(.eap, isFirst: isFirst))
            #expect(try dialogue.release() == .reply(code: 3))
            #expect(request.believed(dialogue.reply) != nil)
        }
    }

    @Test("a password that is not covered as it should be is a wrong one")
    func badCover() throws {
        var dialogue = Dialogue()
        var request = RequestMaker()
        request.attributes = [(1, Array("ada".utf8)), (2, [1, 2, 3])]
        #expect(dialogue.say(request) == .hold(.seconds(1)))
        #expect(try dialogue.release() == .reply(code: 3))
    }

    @Test("the watchdog is answered if it signs, without a trace")
    func status() {
        var dialogue = Dialogue()
        var status = RequestMaker()
        status.code = 12
        #expect(dialogue.say(status) == .reply(code: 2))
        #expect(status.believed(dialogue.reply)?.map(\.type) == [80])
        #expect(!dialogue.session.isRemembering)
        status.isSigned = false
        #expect(dialogue.say(status) == .drop(.messageAuthenticatorMissing))
    }

    @Test("over TLS the secret is radsec and nobody needs to sign")
    func encrypted() throws {
        var dialogue = Dialogue(isEncrypted: true)
        var request = RequestMaker.pap("ada", "a-b-c", secret: "radsec")
        request.isSigned = false
        request.attributes.append((33, [1]))
        #expect(dialogue.say(request) == .verify("ada", password: "a-b-c"))
        #expect(try dialogue.conclude(accepted()) == .reply(code: 2))
        #expect(request.believed(dialogue.reply)?.map(\.type) == [80, 33])
    }

    @Test("where the user is, and the domain that is not theirs")
    func station() {
        var dialogue = Dialogue(stripsDomain: true)
        var request = RequestMaker.pap("WORK\\ada", "x")
        request.attributes.append((31, Array("203.0.113.7".utf8)))
        #expect(dialogue.say(request) == .verify("ada", password: "x"))
        #expect(dialogue.attempt?.address == IPAddress("203.0.113.7"))
        request.attributes[2].1 = Array("02-00-00-00-00-01".utf8)
        request.identifier = 9
        _ = dialogue.say(request)
        #expect(dialogue.attempt?.address == nil && dialogue.attempt?.client == "02-00-00-00-00-01")
    }

    @Test("told to finish, it answers what runs, takes no more, and is done")
    func quiesce() throws {
        var dialogue = Dialogue()
        _ = dialogue.say(request)
        _ = dialogue.session.handle(.quiesce)
        #expect(!dialogue.session.isFinished)
        #expect(dialogue.say(request, port: 2) == .drop(.stopping))
        #expect(try dialogue.conclude(accepted()) == .reply(code: 2))
        #expect(dialogue.session.isFinished)
    }

    @Test("no noise traps it, and none of it is asked about", arguments: 0..<16)
    func noise(seed: UInt64) {
        var rng = SplitMix64(seed: seed)
        var dialogue = Dialogue()
        for _ in 0..<2_000 {
            var packet = request.octets
            for _ in 0..<Int.random(in: 1...6, using: &rng) {
                switch Int.random(in: 0..<3, using: &rng) {
                case 0: packet[Int.random(in: packet.indices, using: &rng)] = .random(in: 0...255, using: &rng)
                case 1:
                    packet.insert(.random(in: 0...255, using: &rng), at: Int.random(in: 0...packet.count, using: &rng))
                default: if packet.count > 30 { packet.remove(at: Int.random(in: packet.indices, using: &rng)) }
                }
            }
            // What was added behind the packet, or changed there and back, is the packet still.
            if packet.starts(with: request.octets) { continue }
            guard case .drop = dialogue.say(packet) else {
                Issue.record("\(packet) passes")
                continue
            }
        }
    }
}

struct ClientTableTests {
    private func client(_ name: String, _ networks: [String], certificates: [String] = []) -> RADIUSClient {
        RADIUSClient(
            name: name, networks: networks.compactMap { Network($0) }, certificateNames: certificates,
            secret: .radsec, service: .wifi)
    }

    @Test("of several networks around an address the smallest counts")
    func longestPrefix() throws {
        let table = ClientTable([
            client("all", ["0.0.0.0/0"]), client("office", ["192.0.2.0/24", "2001:db8::/32"]),
            client("one", ["192.0.2.9"]),
        ])
        for (address, name) in [
            ("192.0.2.9", "one"), ("192.0.2.8", "office"), ("198.51.100.1", "all"), ("2001:db8::1", "office"),
        ] {
            #expect(table.client(at: try #require(IPAddress(address)))?.name == name)
        }
        #expect(table.client(at: try #require(IPAddress("2001:db9::1"))) == nil)
    }

    @Test("a certificate's name counts before its address, and a client that has one is not known without")
    func certificates() throws {
        let table = ClientTable([
            client("named", ["192.0.2.0/24"], certificates: ["NAS.example.com"]), client("placed", ["198.51.100.0/24"]),
        ])
        let (there, elsewhere) = (try #require(IPAddress("192.0.2.1")), try #require(IPAddress("198.51.100.1")))
        #expect(table.client(named: ["nas.example.com"], at: elsewhere)?.name == "named")
        #expect(table.client(named: ["other.example.com"], at: there) == nil)
        #expect(table.client(named: ["other.example.com"], at: elsewhere)?.name == "placed")
        #expect(table.client(named: [], at: nil) == nil)
    }
}
