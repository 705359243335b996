import LatchkeyCore

@testable import RADIUSDoor

/// The packets of one UDP socket and of one TLS connection. The first octet says how they are read, the next two where the rest is cut in
/// two on the connection: the cut must change nothing. Every signature is right here (see Fuzz/Namespaces/Crypto.swift), so that a
/// mutation gets beyond it. Verdicts come at once, by the first octet of the secret.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count >= 3 else { return 0 }
    let input = UnsafeRawBufferPointer(start: start, count: count)
    let octets = UnsafeRawBufferPointer(rebasing: input[3...])
    let requirement: RADIUSClient.MessageAuthenticator =
        input[0] & 3 == 0 ? .required : input[0] & 3 == 1 ? .optional : .learned
    let client = RADIUSClient(
        name: "fuzz", networks: ["192.0.2.0/24"].compactMap { Network($0) }, secret: .radsec, service: .vpn,
        messageAuthenticator: requirement, stripsDomain: input[0] & 4 != 0,
        accept: ReplyAttributes(vlan: 42, filterID: String(repeating: "f", count: 300)))

    var datagrams = Conversation(.address(ClientTable([client])))
    datagrams.receive(octets)
    datagrams.receive(octets)

    let cut = (Int(input[1]) << 8 | Int(input[2])) % (octets.count + 1)
    var whole = Conversation(.certificate(client))
    whole.split(octets)
    var parts = Conversation(.certificate(client))
    parts.split(UnsafeRawBufferPointer(rebasing: octets[..<cut]))
    parts.split(UnsafeRawBufferPointer(rebasing: octets[cut...]))
    guard whole.replies == parts.replies else { fatalError("the cut changes the answers") }
    return 0
}

/// What the door's handlers do, without their channels.
private struct Conversation {
    private(set) var replies: [[UInt8]] = []
    private var session: Session
    private var framing = StreamFraming()
    private var isOver = false
    private let origin: Session.Origin

    init(_ trust: Session.Trust) {
        session = Session(trust)
        if case .certificate = trust {
            origin = .connection
        } else {
            origin = Session.Origin(address: IPAddress("192.0.2.7"), port: 1_000)
        }
    }

    mutating func receive(_ octets: UnsafeRawBufferPointer) {
        carryOut(session.handle(.packet(octets, origin)))
    }

    mutating func split(_ octets: UnsafeRawBufferPointer) {
        guard !isOver else { return }
        var framing = framing
        do throws(DropReason) {
            try framing.split(octets) { receive($0) }
        } catch {
            isOver = true
        }
        self.framing = framing
    }

    private mutating func carryOut(_ action: Session.Action) {
        switch action {
        case .none, .drop: break
        case .verify(let attempt, let ticket, _): carryOut(session.handle(.verdict(Self.verdict(on: attempt), ticket)))
        case .hold(_, let ticket), .refuse(_, let ticket, _): carryOut(session.handle(.released(ticket)))
        case .reply(let reply):
            guard reply.count <= 4_096, Int(reply[2]) << 8 | Int(reply[3]) == reply.count,
                reply[20] == 80, reply[21] == 18, reply[0] == 2 || reply[0] == 3
            else { fatalError("a reply that no client could read") }
            reply.withUnsafeBytes { octets in
                guard (try? RequestAttributes(Packet(octets))) != nil else { fatalError("a reply with broken attributes") }
            }
            replies.append(reply)
        }
    }

    private static func verdict(on attempt: Attempt) -> Verdict {
        switch attempt.secret.withBytes({ $0.first }) {
        case UInt8(ascii: "h"): .refused(.unknown, hold: .seconds(1))
        case UInt8(ascii: "u"): .refused(.unavailable)
        case UInt8(ascii: "w"): .refused(.unknown)
        default:
            if let login = LoginName(attempt.authcid) {
                .accepted(Acceptance(account: .nobody, login: login, name: "", appPassword: .nobody))
            } else {
                .refused(.malformed)
            }
        }
    }
}
