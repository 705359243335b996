import DoorKit
import DoorTesting
import Foundation
import LatchkeyCore
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPDoor

@Suite("The dialogues of the HTTP door")
struct DialogueTests {
    @Test("a connection says exactly what its transcript says", arguments: try Transcript.all(), [false, true])
    func transcript(_ transcript: Transcript, elsewhere: Bool) async throws {
        let verifier = try ScriptedVerifier(elsewhere: elsewhere)
        let door = try scriptedDoor(verifier, elsewhere: elsewhere)
        let answer = try await withListener(serve: door.serve) { listener in
            try await talk(to: listener.address, transcript.request)
        }
        #expect(answer.replacing("\r\n", with: "\n") == transcript.answer)
        #expect(verifier.questions == transcript.questions)
    }

    @Test("how the octets are cut changes no answer", arguments: try Transcript.all())
    func cutting(_ transcript: Transcript) throws {
        let octets = Array(transcript.request.utf8)
        // The word to a waiting client comes when its head does; the transcript's order is that of one read.
        for cut in 0...octets.count {
            let verifier = try ScriptedVerifier()
            let channel = try embedded(scriptedDoor(verifier))
            for part in [octets[..<cut], octets[cut...]] where !part.isEmpty {
                try channel.writeInbound(ByteBuffer(bytes: part))
            }
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            #expect(try written(channel).replacing("\r\n", with: "\n") == transcript.answer, "cut at \(cut)")
            #expect(verifier.questions == transcript.questions, "cut at \(cut)")
            _ = try? channel.finish(acceptAlreadyClosed: true)
        }
    }

    @Test("every line of a head ends in CRLF, and a name can end none")
    func lineEnds() throws {
        let transcript = try #require(try Transcript.all().first { $0.name == "basic-unsafe-name" })
        let channel = try embedded(scriptedDoor())
        try channel.writeInbound(ByteBuffer(string: transcript.request))
        let lines = try written(channel).utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        #expect(
            lines.dropLast().allSatisfy {
                $0.last == UInt8(ascii: "\r") && $0.dropLast().allSatisfy { (0x20...0x7e).contains($0) }
            })
        #expect(lines.count { $0.starts(with: "Remote-User:".utf8) } == 1)
    }
}
