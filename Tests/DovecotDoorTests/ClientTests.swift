import DoorTesting
import LatchkeyCore
import LatchkeyTesting
import NIOCore
import NIOEmbedded
import Testing

@testable import DovecotDoor

/// The protocol's other side, against the door's own handler.
struct ClientTests {
    private func question(_ authcid: String = "ada", _ secret: String = "abcd") throws -> AuthQuestion {
        try #require(
            AuthQuestion(
                authcid: authcid, secret: Secret(secret), service: .imap, address: IPAddress("192.0.2.7")))
    }

    private func answer(to lines: String, in pieces: Int = .max) -> AuthAnswer? {
        var reader = AuthAnswerReader()
        var rest = Array(lines.utf8)[...]
        while !rest.isEmpty {
            let answer = rest.prefix(pieces).withUnsafeBytes { reader.read($0) }
            if let answer { return answer }
            rest = rest.dropFirst(pieces)
        }
        return nil
    }

    @Test(
        "the door understands the question, records it as its own door's, and is understood", arguments: [1, 7, .max])
    func dialogue(piece: Int) throws {
        let verifier = AskedVerifier()
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(
            DovecotHandler(
                verifier: verifier, configuration: DovecotDoor.Configuration(door: .command),
                greeting: Greeting(processID: 4711, connectionID: 17, cookie: 42), logger: silence))
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/test"), promise: nil)
        let octets = try question("ada\u{e4}", "a b").withOctets(processID: 7) { Array($0) }
        try channel.writeInbound(ByteBuffer(bytes: octets))

        let attempt = try #require(verifier.nextAttempt())
        #expect(attempt.authcid == "ada\u{e4}" && attempt.secret.reveal() == "a b" && attempt.service == .imap)
        #expect(attempt.address == IPAddress("192.0.2.7") && attempt.door == .command)

        let login = try #require(LoginName("ada@example.com"))
        let acceptance = Acceptance(account: .nobody, login: login, name: "", appPassword: .nobody)
        #expect(verifier.answer(.accepted(acceptance)))
        channel.embeddedEventLoop.run()
        var said = ""
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { said += String(buffer: buffer) }
        #expect(answer(to: said, in: piece) == .accepted(login: "ada@example.com"))
        _ = try channel.finish()
    }

    @Test("every answer but yes and no is none")
    func answers() {
        let greeting = "VERSION\t1\t2\nMECH\tPLAIN\nSPID\t1\nCUID\t1\nCOOKIE\t0\nDONE\n"
        #expect(answer(to: greeting) == nil)
        #expect(answer(to: greeting + "FAIL\t1\tuser=ada\n") == .refused)
        #expect(answer(to: greeting + "FAIL\t1\tuser=ada\ttemp\tcode=temp_fail\n") == .unavailable)
        #expect(answer(to: greeting + "OK\t1\n") == .unavailable)
        #expect(answer(to: greeting + "OK\t2\tuser=bob\n") == nil)
        #expect(answer(to: greeting + "CONT\t1\t\n") == .unavailable)
        #expect(answer(to: "VERSION\t2\t0\n") == .unavailable)
        #expect(answer(to: String(repeating: "a", count: 20_000)) == .unavailable)
    }

    @Test("noise never says yes")
    func noise() {
        var rng = SplitMix64(seed: 41)
        for _ in 0..<5_000 {
            let words = ["OK", "FAIL", "CONT", "\t", "\t", "1", "2", "\n", "temp", "code=temp_fail", "user=", "\u{1}"]
            let lines = (0..<Int.random(in: 0...20, using: &rng)).map { _ in words.randomElement(using: &rng) ?? "" }
            #expect(answer(to: lines.joined(), in: 3) != .accepted(login: ""))
        }
    }

    @Test(
        "what no name or secret can be is not asked about",
        arguments: [
            ("", "abcd"), ("ada", ""), ("ada\0b", "abcd"), ("ada\tb", "abcd"), ("ada\n", "abcd"), ("ada", "ab\0cd"),
            (String(repeating: "a", count: 321), "abcd"), ("ada", String(repeating: "a", count: 1_025)),
        ])
    func unaskable(authcid: String, secret: String) {
        #expect(AuthQuestion(authcid: authcid, secret: Secret(secret), service: .imap) == nil)
    }
}
