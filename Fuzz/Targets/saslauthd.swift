import LatchkeyCore

@testable import SaslauthdDoor

/// A whole connection of the saslauthd door: the first two octets say where the rest is cut in two reads. Only the fifth string may go
/// unread where the cut is before it; the answer must be the same. The verdict comes at once, by the first octet of the secret.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count >= 2 else { return 0 }
    let input = UnsafeRawBufferPointer(start: start, count: count)
    let octets = UnsafeRawBufferPointer(rebasing: input[2...])
    let cut = (Int(input[0]) << 8 | Int(input[1])) % (octets.count + 1)

    var whole = Connection()
    whole.receive(octets)
    whole.hangUp()
    var parts = Connection()
    parts.receive(UnsafeRawBufferPointer(rebasing: octets[..<cut]))
    let isAnsweredEarly = parts.isDone
    parts.receive(UnsafeRawBufferPointer(rebasing: octets[cut...]))
    parts.hangUp()
    guard whole.isDone, parts.isDone else { fatalError("a connection does not end") }
    // A fifth string that is too long is refused, and may be one that was not waited for.
    guard isAnsweredEarly || whole.said == parts.said else { fatalError("the cut changes the answer") }
    guard whole.said == [] || whole.said == Answer.ok.octets || whole.said == Answer.no.octets else {
        fatalError("it says something else than OK and NO")
    }
    return 0
}

/// What the door's handler does, without its channel.
private struct Connection {
    private(set) var said: [UInt8] = []
    private(set) var isDone = false
    private var request = RequestBuffer()
    private var session = Session(SaslauthdDoor.Configuration())

    mutating func receive(_ octets: UnsafeRawBufferPointer) {
        guard session.isReading else { return }
        request.append(octets)
        carryOut(session.handle(.received(request.reading)))
    }

    mutating func hangUp() {
        carryOut(session.handle(.inputClosed))
    }

    private mutating func carryOut(_ action: Session.Action) {
        switch action {
        case .none, .wait: break
        case .verify(let attempt):
            carryOut(session.handle(.verdict(Self.verdict(on: attempt))))
            carryOut(session.handle(.timeUp))
        case .answer(let answer, _):
            guard said.isEmpty else { fatalError("it answers twice") }
            said = answer.octets
            isDone = true
        case .close: isDone = true
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
