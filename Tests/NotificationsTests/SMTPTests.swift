import Foundation
import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Notifications

/// A dialogue with a mail server. `= …` lines say how the session began, and what came of it.
struct SMTPTests {
    static let transcripts: [Transcript] = {
        let folder = Bundle.module.resourceURL?.appending(path: "Transcripts")
        return folder.flatMap { try? Transcript.all(in: $0) } ?? []  // none: `present` fails
    }()

    @Test("the transcripts are there")
    func present() {
        #expect(Self.transcripts.count >= 15)
    }

    @Test("a session says exactly what its transcript says", arguments: transcripts)
    func transcript(_ transcript: Transcript) throws {
        try Dialogue(transcript).run { [$0] }
    }

    @Test("how the octets are cut changes nothing", arguments: transcripts)
    func cuts(_ transcript: Transcript) throws {
        for seed in 0..<16 {
            var rng = SplitMix64(seed: UInt64(seed))
            try Dialogue(transcript).run { octets in
                var rest = octets[...]
                var pieces: [[UInt8]] = []
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...5, using: &rng))
                    pieces.append(Array(piece))
                    rest = rest.dropFirst(piece.count)
                }
                return pieces
            }
        }
    }

    @Test("whatever a server says, a session ends or waits, and keeps a bounded amount of it", arguments: 0..<200)
    func noise(seed: Int) throws {
        var rng = SplitMix64(seed: UInt64(seed))
        var decoder = SMTPReplyDecoder()
        var session = SMTPSession(name: "[127.0.0.1]", encryption: .none, credentials: nil, envelope: try envelope())
        let alphabet = Array("0123456789 -\r\n220 250-AUTH PLAIN\r\n354 \r\n334\r\n".utf8)
        for _ in 0..<400 {
            decoder.append(
                (0..<Int.random(in: 1...40, using: &rng)).map { _ in
                    Bool.random(using: &rng)
                        ? alphabet.randomElement(using: &rng) ?? 0 : UInt8.random(in: 0...255, using: &rng)
                })
            do throws(SMTPFault) {
                while let reply = try decoder.next() {
                    if case .fail = session.handle(.reply(reply)) { return }
                }
            } catch { return }
        }
    }

    @Test("a line or a reply without end is a fault, not a memory", arguments: ["220 ", "250-x\r\n"])
    func endless(piece: String) throws {
        var decoder = SMTPReplyDecoder()
        for _ in 0..<2_000 {
            decoder.append(piece.utf8)
            do throws(SMTPFault) {
                while try decoder.next() != nil { Issue.record("a reply without an end was taken for whole") }
            } catch { return }
        }
        Issue.record("it was all kept")
    }

    @Test(
        "what is no reply is a fault",
        arguments: [
            "hello\r\n", "2x0 hi\r\n", "199 no\r\n", "600 no\r\n", "250-a\r\n251 b\r\n", "250+a\r\n", "22\r\n", "\r\n",
        ])
    func noReply(text: String) {
        var decoder = SMTPReplyDecoder()
        decoder.append(text.utf8)
        #expect(throws: SMTPFault.self) { while try decoder.next() != nil {} }
    }

    @Test("a line that begins with a full stop arrives as it was, and none ends the message early")
    func transparency() throws {
        let content = Array(".\r\n..\r\n.hidden\r\nx.\r\n".utf8)
        let sent = Envelope(
            sender: try #require(MailAddress("a@example.com")), recipient: try #require(MailAddress("b@example.com")),
            content: content
        ).transparent
        #expect(String(decoding: sent, as: UTF8.self) == "..\r\n...\r\n..hidden\r\nx.\r\n.\r\n")
    }

    @Test("the password is in no description of what failed or is to be done")
    func silence() throws {
        let credentials = SMTPCredentials(user: "latchkey", password: Secret("hunter2-hunter2"))
        #expect(!"\(credentials)".contains("hunter2"))
        var session = SMTPSession(
            name: "[127.0.0.1]", encryption: .none, credentials: credentials, envelope: try envelope())
        for text in ["220 hi", "250-hi\r\n250 AUTH PLAIN", "535 no"] {
            var decoder = SMTPReplyDecoder()
            decoder.append("\(text)\r\n".utf8)
            let reply = try #require(try decoder.next())
            if case .fail(let failure) = session.handle(.reply(reply)) { #expect(!"\(failure)".contains("hunter2")) }
        }
    }
}

private func envelope(from sender: String = "latchkey@example.com", to recipient: String = "alice@example.com") throws
    -> Envelope
{
    Envelope(
        sender: try #require(MailAddress(sender)), recipient: try #require(MailAddress(recipient)),
        content: Array("Subject: x\r\n\r\n.y\r\n".utf8))
}

/// Walks a transcript: our lines are compared, the server's are fed, an event inside is one that the session caused, or a set-up.
private struct Dialogue {
    let transcript: Transcript

    init(_ transcript: Transcript) {
        self.transcript = transcript
    }

    func run(cut: ([UInt8]) -> [[UInt8]]) throws {
        var encryption = SMTPServer.Encryption.none
        var credentials: SMTPCredentials?
        var message: Envelope? = try envelope()
        var session: SMTPSession?
        var decoder = SMTPReplyDecoder()
        var said: [UInt8] = []
        var happened: [String] = []

        func perform(_ action: SMTPSession.Action) {
            switch action {
            case .send(let octets): said += octets
            case .encrypt: happened.append(decoder.isEmpty ? "encrypt" : "server: it goes on in the clear")
            case .finish(let octets):
                said += octets
                happened.append("taken")
            case .fail(let failure): happened.append("\(failure.kind): \(failure.cause)")
            }
        }

        for line in transcript.lines {
            switch line.event {
            case .inside("starttls"): encryption = .startTLS
            case .inside("tls"): encryption = .implicit
            case .inside("probe"): message = nil
            case .inside("encrypted"):
                if let action = session?.handle(.encrypted) { perform(action) }
            case .inside(let text) where text.hasPrefix("sign in as "):
                let words = text.dropFirst("sign in as ".count).split(separator: " ").map { String($0) }
                let length = words.count > 2 ? Int(words[2]) ?? 1 : 1
                credentials = SMTPCredentials(
                    user: words[0], password: Secret(String(repeating: words[1], count: length)))
            case .inside(let text) where text.hasPrefix("from "):
                message = try envelope(from: String(text.dropFirst(5)))
            case .inside(let text) where text.hasPrefix("to "): message = try envelope(to: String(text.dropFirst(3)))
            case .inside(let text):
                #expect(happened == [text], "\(transcript), line \(line.number)")
                happened = []
            case .client(let text):
                let expected = try Transcript.octets(of: text) + Array("\r\n".utf8)
                #expect(
                    Transcript.notation(of: said.prefix(expected.count)) == Transcript.notation(of: expected),
                    "\(transcript), line \(line.number)")
                said.removeFirst(min(said.count, expected.count))
            case .server(let text):
                if session == nil {
                    session = SMTPSession(
                        name: "[192.0.2.1]", encryption: encryption, credentials: credentials, envelope: message)
                }
                for piece in cut(try Transcript.octets(of: text) + Array("\r\n".utf8)) {
                    decoder.append(piece)
                    do throws(SMTPFault) {
                        while let reply = try decoder.next() {
                            if let action = session?.handle(.reply(reply)) { perform(action) }
                        }
                    } catch { happened.append("\(session?.failureKind ?? .server): \(error.description)") }
                }
            }
        }
        #expect(said.isEmpty && happened.isEmpty, "\(transcript): \(Transcript.notation(of: said)) \(happened)")
    }
}
