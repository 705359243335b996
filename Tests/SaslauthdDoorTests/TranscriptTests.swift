import Foundation
import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import SaslauthdDoor

struct TranscriptTests {
    private static func transcripts() throws -> [Transcript] {
        let folder = try #require(Bundle.module.resourceURL).appending(path: "Transcripts")
        let all = try Transcript.all(in: folder)
        #expect(all.count >= 25)
        return all
    }

    @Test("the door says and does exactly what its transcripts say")
    func exactly() throws {
        for transcript in try Self.transcripts() {
            var stage = Stage(transcript)
            try stage.play()
        }
    }

    @Test("how the octets are cut changes nothing", arguments: [1, 2, 3, 7, 16])
    func cut(piece: Int) throws {
        for transcript in try Self.transcripts() {
            var stage = Stage(transcript, piece: piece)
            try stage.play()
        }
    }
}

struct RequestTests {
    private static func framed(_ strings: [UInt8]...) -> [UInt8] {
        strings.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xff)] + $0 }
    }

    private static func reading(_ octets: [UInt8]) -> Reading { octets.withUnsafeBytes { Reading($0) } }

    @Test("the beginning of a request is never taken for the whole of it")
    func prefixes() {
        let request = Self.framed(Array("ada".utf8), Array("abcd".utf8), Array("smtp".utf8), Array("example.com".utf8))
        for count in 0..<request.count {
            guard case .begun = Self.reading(Array(request.prefix(count))) else {
                Issue.record("\(count) octets are no request")
                continue
            }
        }
        guard case .request(_, .absent) = Self.reading(request) else {
            Issue.record("all of it is")
            return
        }
    }

    @Test("a string may have 1024 octets, and not one more")
    func limits() {
        let name = Array("ada".utf8)
        func password(_ count: Int) -> Reading {
            Self.reading(Self.framed(name, [UInt8](repeating: 0x61, count: count), Array("smtp".utf8), []))
        }
        guard case .request(let request, .absent) = password(Request.maximumStringLength) else {
            Issue.record("1024 octets are allowed")
            return
        }
        #expect(request.password.count == Request.maximumStringLength)
        guard case .faulty(.longString) = password(Request.maximumStringLength + 1) else {
            Issue.record("1025 octets are not")
            return
        }
    }

    @Test("what comes after the longest request is not kept")
    func bounded() {
        var buffer = RequestBuffer()
        for _ in 0..<100 { [UInt8](repeating: 0, count: 1_000).withUnsafeBytes { buffer.append($0) } }
        guard case .faulty = buffer.reading else {
            Issue.record("five empty strings are no request")
            return
        }
        buffer.wipe()
        guard case .begun = buffer.reading else {
            Issue.record("nothing is left of it")
            return
        }
    }

    @Test("noise is read without a trap, and never as something with an unreadable name")
    func noise() {
        var rng = SplitMix64(seed: 26)
        for _ in 0..<20_000 {
            let octets = (0..<Int.random(in: 0...40, using: &rng)).map { _ -> UInt8 in
                Bool.random(using: &rng) ? UInt8.random(in: 0...6, using: &rng) : .random(in: 0...255, using: &rng)
            }
            guard case .request(let request, _) = Self.reading(octets) else { continue }
            #expect(!request.login.isEmpty && !request.password.isEmpty)
            #expect(!(request.login + (request.realm ?? "")).unicodeScalars.contains { $0.value < 0x20 })
        }
    }

    @Test("events in any order never trap, and at most one answer is given")
    func disorder() throws {
        var rng = SplitMix64(seed: 27)
        let request = Self.framed(Array("ada".utf8), Array("abcd".utf8), Array("smtp".utf8), [])
        for _ in 0..<5_000 {
            var session = Session(SaslauthdDoor.Configuration())
            var answers = 0
            for _ in 0..<12 {
                let event: Session.Event =
                    switch Int.random(in: 0..<7, using: &rng) {
                    case 0: .received(Self.reading(request))
                    case 1: .received(Self.reading(request + [0]))
                    case 2: .inputClosed
                    case 3: .verdict(.refused(.unknown, hold: .seconds(1)))
                    case 4: .verdict(.refused(.unavailable))
                    case 5: .timeUp
                    default: .quiesce
                    }
                if case .answer = session.handle(event) { answers += 1 }
            }
            #expect(answers <= 1)
        }
    }
}
