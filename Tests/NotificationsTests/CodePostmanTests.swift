import LatchkeyCore
import LatchkeyTesting
import Logging
import Synchronization
import Testing

@testable import Notifications

struct CodePostmanTests {
    @Test("a code goes out at once, in the body and not in the subject, and says what to do if nobody asked for it")
    func letter() async throws {
        let sent = Mutex<[Envelope]>([])
        let stage = try Stage { envelope throws(DeliveryFailure) in sent.withLock { $0.append(envelope) } }
        try await stage.postman.send(stage.mail(.signIn))
        try await stage.postman.send(stage.mail(.enrolment))
        let envelopes = sent.withLock { $0 }
        #expect(envelopes.map(\.recipient.text) == ["alice@private.example", "alice@private.example"])
        let texts = envelopes.map { String(decoding: $0.content, as: UTF8.self) }
        for text in texts {
            let head = text.prefix(upTo: text.firstRange(of: "\r\n\r\n")?.lowerBound ?? text.endIndex)
            #expect(!head.contains("4821"))
            #expect(text.contains("    4821 7730"), "readable without HTML")
            #expect(text.contains("192.0.2.7"))
            #expect(!text.contains("https://keys.example.org/sign-in"), "nothing to follow into a false page")
        }
        #expect(texts[0].contains("Subject: Your sign-in code") && texts[0].contains("change your password"))
        #expect(texts[1].contains("Subject: Confirm your mail address") && texts[1].contains("mistyped an address"))
        #expect(stage.log.isEmpty)
    }

    @Test(
        "what the server refuses is told to the person as not sent, and to the operator with its cause and without the code"
    )
    func refused() async throws {
        let stage = try Stage { _ throws(DeliveryFailure) in throw DeliveryFailure(.permanent, "550 no such user") }
        await #expect(throws: CodeNotSent.self) { try await stage.postman.send(stage.mail(.signIn)) }
        #expect(stage.log == ["a one-time code could not be mailed: 550 no such user"])
    }

    @Test("a server that says nothing is waited for no longer than people wait")
    func silent() async throws {
        let stage = try Stage { _ throws(DeliveryFailure) in
            do { try await Task.sleep(for: .seconds(3_600)) } catch { throw DeliveryFailure(.server, "cancelled") }
        }
        await #expect(throws: CodeNotSent.self) { try await stage.postman.send(stage.mail(.signIn)) }
        #expect(stage.log == ["a one-time code could not be mailed: it was not taken within 20.0 seconds"])
    }

    @Test("no more than so many are under way at once, and afterwards there is room again")
    func crowd() async throws {
        let gate = AsyncStream<Never>.makeStream()
        let stage = try Stage(waits: false) { _ throws(DeliveryFailure) in for await _ in gate.stream {} }
        let results = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    do {
                        try await stage.postman.send(stage.mail(.signIn))
                        return true
                    } catch { return false }
                }
            }
            // Those that found no room come back first; then the gate is opened to the others.
            var refused = 0
            var sent = 0
            while let wasSent = await group.next() {
                if wasSent { sent += 1 } else { refused += 1 }
                if refused == 100 - CodePostman.maximumUnderWay { gate.continuation.finish() }
            }
            return [sent, refused]
        }
        #expect(results == [CodePostman.maximumUnderWay, 100 - CodePostman.maximumUnderWay])
        try await stage.postman.send(stage.mail(.signIn))
    }
}

private struct Stage {
    let postman: CodePostman
    private let logged = LogLines(from: .trace)

    /// Message and cause.
    var log: [String] {
        zip(logged.lines.withLock { $0 }, logged.causes.withLock { $0 }).map { "\($0): \($1)" }
    }

    /// Without `waits`, patience never ends.
    init(waits: Bool = true, send: @escaping CodePostman.Send) throws {
        let logged = logged
        postman = CodePostman(
            office: MailOffice(
                sender: try #require(MailAddress("latchkey@example.org")), portal: "https://keys.example.org",
                revocationToken: { _ in Secret("none") }, utcOffset: { _ in 0 },
                now: { Timestamp(seconds: 1_800_000_000) }),
            send: send,
            wait: { _ in if !waits { try await Task.sleep(for: .seconds(3_600)) } else { await Task.yield() } },
            logger: Logger(label: "test") { _ in logged })
    }

    func mail(_ purpose: CodeMail.Purpose) throws -> CodeMail {
        CodeMail(
            code: Secret("4821 7730"), recipient: try #require(MailAddress("alice@private.example")),
            login: try #require(LoginName("alice@example.org")), purpose: purpose,
            time: Timestamp(seconds: 1_800_000_000), lifetime: .seconds(600), address: IPAddress("192.0.2.7"),
            client: "curl/8")
    }
}
