import Foundation
import LatchkeyTesting
import Testing

@testable import DovecotDoor

struct TranscriptTests {
    private static func transcripts() throws -> [Transcript] {
        let folder = try #require(Bundle.module.resourceURL).appending(path: "Transcripts")
        let all = try Transcript.all(in: folder)
        #expect(all.count >= 20)
        return all
    }

    @Test("the door says exactly what its transcripts say")
    func exactly() throws {
        for transcript in try Self.transcripts() { try Stage(transcript).play() }
    }

    @Test("how the octets are cut changes nothing", arguments: [1, 2, 3, 7, 16, 61])
    func cut(piece: Int) throws {
        for transcript in try Self.transcripts() { try Stage(transcript, piece: piece).play() }
    }
}

struct GreetingTests {
    @Test("the greeting fits into what Radicale reads at once, whatever the numbers")
    func length() {
        let greeting = Greeting(processID: .max, connectionID: .max, cookie: .max)
        #expect(greeting.octets.count <= Greeting.maximumLength)
        #expect(greeting.octets.suffix(5).elementsEqual("DONE\n".utf8))
    }
}

struct TabEscapeTests {
    @Test("what is escaped is read back, and holds nothing that ends a field or a line")
    func roundTrip() {
        var rng = SplitMix64(seed: 6)
        for _ in 0..<2_000 {
            let scalars = (0..<Int.random(in: 0...24, using: &rng)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x2ff, using: &rng))
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            var line: [UInt8] = []
            TabEscape.append(String(text), to: &line)
            #expect(!line.contains { [0, 9, 10, 13].contains($0) })
            #expect(line.withUnsafeBytes { TabEscape.text($0) } == String(text))
        }
    }
}
