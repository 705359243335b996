import LatchkeyCore

@testable import DovecotDoor

/// A whole connection of the Dovecot door: the first two octets say where the rest is cut in two, and the cut must change nothing.
/// Verdicts come at once, by the first octet of the secret.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count >= 2 else { return 0 }
    let input = UnsafeRawBufferPointer(start: start, count: count)
    let octets = UnsafeRawBufferPointer(rebasing: input[2...])
    let cut = (Int(input[0]) << 8 | Int(input[1])) % (octets.count + 1)

    var whole = Connection()
    whole.receive(octets)
    var parts = Connection()
    parts.receive(UnsafeRawBufferPointer(rebasing: octets[..<cut]))
    parts.receive(UnsafeRawBufferPointer(rebasing: octets[cut...]))
    guard whole.output == parts.output, whole.reason == parts.reason else { fatalError("the cut changes the answers") }
    guard whole.output.isEmpty || whole.output.last == UInt8(ascii: "\n"),
        whole.output.count(where: { $0 == UInt8(ascii: "\n") }) == whole.replies,
        !whole.output.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\r") })
    else { fatalError("an answer breaks its line") }

    // The same octets as if a server had said them.
    var reader = AuthAnswerReader()
    let answer = reader.read(octets)
    var other = AuthAnswerReader()
    let first = other.read(UnsafeRawBufferPointer(rebasing: octets[..<cut]))
    guard answer == first ?? other.read(UnsafeRawBufferPointer(rebasing: octets[cut...])) else {
        fatalError("the cut changes the answer that is read")
    }
    return 0
}

/// What the door's handler does, without its channel.
private struct Connection {
    private(set) var output: [UInt8] = []
    private(set) var replies = 0
    private(set) var reason: CloseReason?
    private var lines = LineSplitter()
    private var session = Session(DovecotDoor.Configuration())

    mutating func receive(_ octets: UnsafeRawBufferPointer) {
        guard reason == nil else { return }
        var lines = lines
        defer { self.lines = lines }
        do throws(CloseReason) {
            try lines.split(octets) { (line) throws(CloseReason) in
                carryOut(session.handle(.command(try Command(line))))
                if let reason { throw reason }
            }
        } catch {
            reason = error
        }
    }

    private mutating func carryOut(_ action: Session.Action) {
        switch action {
        case .none: break
        case .reply(let reply):
            reply.append(to: &output)
            replies += 1
        case .verify(let attempt, let ticket): carryOut(session.handle(.verdict(Self.verdict(on: attempt), ticket)))
        case .hold(_, let ticket): carryOut(session.handle(.released(ticket)))
        case .close(let why): reason = why
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
