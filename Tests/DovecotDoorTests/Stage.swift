import LatchkeyCore
import LatchkeyTesting
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import DovecotDoor

/// Plays a transcript against the door's real handler, in time that it moves itself.
final class Stage {
    private let transcript: Transcript
    /// A client's line arrives in pieces of this many octets.
    private let piece: Int
    private let verifier = AskedVerifier()
    private let loop = EmbeddedEventLoop()
    private let channel: EmbeddedChannel
    private var said: [UInt8] = []

    init(_ transcript: Transcript, piece: Int = .max) throws {
        self.transcript = transcript
        self.piece = piece
        channel = EmbeddedChannel(loop: loop)
        let greeting = Greeting(processID: 4711, connectionID: 17, cookie: 42)
        try channel.pipeline.syncOperations.addHandler(
            DovecotHandler(
                verifier: verifier, configuration: Self.configuration(transcript), greeting: greeting,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/test"), promise: nil)
        loop.run()
        // Only one transcript is about the greeting.
        if case .server("VERSION<T>1<T>2") = transcript.lines.first?.event {
        } else {
            let greeted = try heard()
            #expect(greeted.starts(with: greeting.octets) && greeted.count == greeting.octets.count)
        }
    }

    private static func configuration(_ transcript: Transcript) -> DovecotDoor.Configuration {
        var configuration = DovecotDoor.Configuration()
        for line in transcript.lines {
            switch line.event {
            case .inside("option requireSecured"): configuration.requireSecured = true
            case .inside("option temporaryFailure close"): configuration.temporaryFailure = .close
            case .inside("option temporaryFailure reply"): configuration.temporaryFailure = .reply
            default: break
            }
        }
        return configuration
    }

    func play() throws {
        for line in transcript.lines {
            let place = Comment(rawValue: "\(transcript.name), line \(line.number)")
            switch line.event {
            case .client(let text): try say(try Transcript.octets(of: text) + [10])
            case .server(let text): #expect(try nextLine() == text, place)
            case .inside(let what): try stage(what, place)
            }
        }
        #expect(try nextLine() == nil, "\(transcript.name): more was said than is written")
        #expect(verifier.nextAttempt() == nil, "\(transcript.name): more was asked than is written")
        if channel.isActive { _ = try channel.finish(acceptAlreadyClosed: true) }
    }

    private func say(_ octets: [UInt8]) throws {
        var rest = octets[...]
        while !rest.isEmpty {
            try channel.writeInbound(ByteBuffer(bytes: rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
    }

    private func heard() throws -> [UInt8] {
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { said += Array(buffer: buffer) }
        defer { said = [] }
        return said
    }

    /// The next whole line that the door said, in the transcript's notation.
    private func nextLine() throws -> String? {
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { said += Array(buffer: buffer) }
        guard let end = said.firstIndex(of: 10) else { return nil }
        defer { said.removeFirst(end + 1) }
        return Transcript.notation(of: said[..<end])
    }

    private func stage(_ what: String, _ place: Comment) throws {
        let words = what.split(separator: " ").map { String($0) }
        switch words.first {
        case "option": break
        case "verify": #expect(verifier.nextAttempt().map(Self.words) == what, place)
        case "accepted":
            let login = try #require(LoginName(words[1]), place)
            #expect(
                verifier.answer(.accepted(Acceptance(account: .nobody, login: login, name: "", appPassword: .nobody))),
                place)
        case "unavailable": #expect(verifier.answer(.refused(.unavailable)), place)
        case "refused":
            let refusal = try #require(Refusal(rawValue: String(words[1].prefix { $0 != "," })), place)
            let seconds = words.count > 3 ? try #require(Int(words[3]), place) : 0
            #expect(verifier.answer(.refused(refusal, hold: .seconds(seconds))), place)
        case "quiesce": channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        case "closed":
            loop.run()
            #expect(!channel.isActive, place)
        default:
            let seconds = try #require(words.first.flatMap { Int64($0) }, place)
            #expect(try nextLine() == nil, "\(place): said too early")
            loop.advanceTime(by: .seconds(seconds))
        }
        loop.run()
    }

    private static func words(_ attempt: Attempt) -> String {
        let service = attempt.service?.name ?? "no service"
        let origin = attempt.address.map { " from \($0)" } ?? ""
        let client = attempt.client.map { " as \($0)" } ?? ""
        return "verify \(attempt.authcid) with \(attempt.secret.reveal() ?? "?") for \(service)\(origin)\(client)"
    }
}
