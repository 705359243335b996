import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import SaslauthdDoor

/// Plays a transcript against the codec and the session, as the handler does, in events that it gives itself.
///
/// `time up` and `hung up` happen to the door; `wait`, `shut` and `closed` are what it does. The wait for the whole request, with which
/// every connection begins, is not written.
struct Stage {
    private let transcript: Transcript
    /// A request arrives in reads of this many octets; but one with a fifth string as a whole, as it is its being there with the
    /// fourth that counts.
    private let piece: Int
    private var session: Session
    private var request = RequestBuffer()
    private var done: [String] = []

    init(_ transcript: Transcript, piece: Int = .max) {
        self.transcript = transcript
        self.piece = transcript.name.hasPrefix("client") ? .max : piece
        var configuration = SaslauthdDoor.Configuration()
        for line in transcript.lines {
            switch line.event {
            case .inside("realm ignore"): configuration.realm = .ignore
            case .inside("realm require"): configuration.realm = .require
            default: break
            }
        }
        session = Session(configuration)
    }

    mutating func play() throws {
        for line in transcript.lines {
            let place = Comment(rawValue: "\(transcript.name), line \(line.number)")
            switch line.event {
            case .client(let text): say(try Transcript.octets(of: text))
            case .server(let text): expect("S: \(text)", place)
            case .inside(let what):
                switch what.split(separator: " ").first {
                case "realm": break
                case "verify", "wait", "shut", "closed", "closed:": expect(what, place)
                default: carryOut(session.handle(try Self.event(what, place)))
                }
            }
        }
        #expect(done == [], "\(transcript.name): more was done than is written")
    }

    private mutating func say(_ octets: [UInt8]) {
        var rest = octets[...]
        while !rest.isEmpty {
            rest.prefix(piece).withUnsafeBytes { request.append($0) }
            rest = rest.dropFirst(piece)
            if session.isReading { carryOut(session.handle(.received(request.reading))) }
        }
    }

    private mutating func expect(_ what: String, _ place: Comment) {
        #expect(done.first == what, place)
        if !done.isEmpty { done.removeFirst() }
    }

    private static func event(_ what: String, _ place: Comment) throws -> Session.Event {
        let words = what.split(separator: " ").map { String($0) }
        switch words[0] {
        case "time": return .timeUp
        case "hung": return .inputClosed
        case "quiesce": return .quiesce
        case "unavailable": return .verdict(.refused(.unavailable))
        case "accepted":
            let login = try #require(LoginName("ada@example.com"))
            return .verdict(
                .accepted(Acceptance(account: .nobody, login: login, name: "", appPassword: .nobody)))
        default:
            let refusal = try #require(Refusal(rawValue: String(words[1].prefix { $0 != "," })), place)
            let seconds = words.count > 3 ? try #require(Int(words[3]), place) : 0
            return .verdict(.refused(refusal, hold: .seconds(seconds)))
        }
    }

    private mutating func carryOut(_ action: Session.Action) {
        switch action {
        case .none: break
        case .wait(let time): done.append("wait \(time)")
        case .verify(let attempt): done.append(Self.words(attempt))
        case .answer(let answer, let linger):
            done.append("S: " + Transcript.notation(of: answer.octets))
            done.append(linger == nil ? "closed" : "shut")
        case .close(let reason): done.append(reason.map { "closed: \($0.rawValue)" } ?? "closed")
        }
    }

    private static func words(_ attempt: Attempt) -> String {
        let service = attempt.service?.name ?? "no service"
        let origin = attempt.address.map { " from \($0)" } ?? ""
        return "verify \(attempt.authcid) with \(attempt.secret.reveal() ?? "?") for \(service)\(origin)"
    }
}
