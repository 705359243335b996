import DoorKit
import DoorTesting
import Foundation
import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import SaslauthdDoor

/// The door behind a real Unix socket.
struct SocketTests {
    private static let question = Array("\0\u{3}ada\0\u{4}abcd\0\u{4}smtp\0\0".utf8)

    /// Runs `body` with the door's client, and a verifier that gives what it is told to.
    private func withDoor(
        _ body: (inout Client, AskedVerifier) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let verifier = AskedVerifier()
        let door = SaslauthdDoor(verifier: verifier, logger: silence)
        try await withListener(on: .unix(path: directory.path("mux")), serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { client in try await body(&client, verifier) }
        }
    }

    private func answer(_ verifier: AskedVerifier, _ verdict: Verdict) async {
        while !verifier.answer(verdict) { await Task.yield() }
    }

    private static func accepted() throws -> Verdict {
        let login = try #require(LoginName("ada@example.com"))
        return .accepted(Acceptance(account: .nobody, login: login, name: "", appPassword: .nobody))
    }

    @Test("a question is answered once, and then there is an end")
    func accepted() async throws {
        try await withDoor { client, verifier in
            try await client.say(Self.question)
            await answer(verifier, try Self.accepted())
            #expect(try await client.hearToTheEnd() == Answer.ok.octets)
        }
    }

    @Test("a client that has said everything and still listens is answered")
    func halfClosed() async throws {
        try await withDoor { client, verifier in
            try await client.say(Self.question)
            try await client.hangUp()
            await answer(verifier, .refused(.unknown))
            #expect(try await client.hearToTheEnd() == Answer.no.octets)
        }
    }

    @Test("a request in single octets, with a fifth string, is one question")
    func pieces() async throws {
        try await withDoor { client, verifier in
            for octet in Self.question { try await client.say([octet]) }
            await answer(verifier, .refused(.unknown))
            #expect(try await client.hearToTheEnd() == Answer.no.octets)
            #expect(verifier.nextAttempt()?.authcid == "ada")
            #expect(verifier.nextAttempt() == nil)
        }
    }

    @Test("trouble closes the connection without an answer")
    func unavailable() async throws {
        try await withDoor { client, verifier in
            try await client.say(Self.question)
            await answer(verifier, .refused(.unavailable))
            #expect(try await client.hearToTheEnd() == [])
        }
    }

    @Test("a refusal that is held back keeps nobody else waiting")
    func held() async throws {
        let directory = try TemporaryDirectory()
        let verifier = AskedVerifier()
        let door = SaslauthdDoor(verifier: verifier, logger: silence)
        try await withListener(on: .unix(path: directory.path("mux")), serve: door.serve) { listener in
            try await Client.connected(to: listener.address) { slow in
                try await slow.say(Self.question)
                let begin = ContinuousClock.now
                await answer(verifier, .refused(.unknown, hold: .seconds(1)))
                try await Client.connected(to: listener.address) { quick in
                    try await quick.say(Self.question)
                    await answer(verifier, try Self.accepted())
                    #expect(try await quick.hearToTheEnd() == Answer.ok.octets)
                }
                #expect(try await slow.hearToTheEnd() == Answer.no.octets)
                #expect(ContinuousClock.now - begin >= .seconds(1))
            }
        }
    }

    @Test("who goes on talking after the question is cut off")
    func flood() async throws {
        try await withDoor { client, verifier in
            try await client.say(Self.question)
            while verifier.waiting == 0 { await Task.yield() }
            // It may fail: the door need not read it to the end.
            try? await client.say([UInt8](repeating: 0x41, count: 200_000))
            #expect(try await client.hearToTheEnd() == [])
        }
    }
}
