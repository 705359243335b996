import DoorKit
import DoorTesting
import Foundation
import LatchkeyCore
import LatchkeyTesting
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPDoor

@Suite("A connection of the HTTP door")
struct ConnectionTests {
    private let question = "GET /auth/basic/webdav HTTP/1.1\r\nHost: lk\r\nAuthorization: Basic YWRhOnJpZ2h0\r\n\r\n"
    private let health = "GET /health HTTP/1.1\r\nHost: lk\r\n\r\n"

    private func status(_ answer: String) -> Substring { answer.prefix(12) }

    @Test("requests of one read are verified together and answered in one write")
    func batching() throws {
        let verifier = try ScriptedVerifier()
        let channel = try embedded(scriptedDoor(verifier))
        try channel.writeInbound(ByteBuffer(string: String(repeating: question, count: 20)))
        #expect(verifier.batches == [20])
        let first = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect(String(buffer: first).split(separator: "HTTP/1.1 200 OK").count == 20)
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
    }

    @Test("a refusal is held back as long as the verdict says, and what was asked after it waits")
    func holding() throws {
        let channel = try embedded(scriptedDoor())
        try channel.writeInbound(ByteBuffer(string: question.replacing("YWRhOnJpZ2h0", with: "YWRhOmhlbGQ=") + health))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(19))
        #expect(try written(channel).isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(try written(channel).contains("ok\n"))
    }

    @Test("a request that takes longer than 10 s to arrive is cut", arguments: [20, 70])
    func slowRequest(octets: Int) throws {
        let channel = try embedded(scriptedDoor())
        try channel.writeInbound(ByteBuffer(string: String(question.prefix(octets))))
        for octet in question.utf8.dropFirst(octets).prefix(9) {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try channel.writeInbound(ByteBuffer(bytes: [octet]))
        }
        #expect(try written(channel).isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(status(try written(channel)) == "HTTP/1.1 408")
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test("a connection without requests is closed after 75 s, counted from the last answer")
    func idle() throws {
        let channel = try embedded(scriptedDoor())
        channel.embeddedEventLoop.advanceTime(by: .seconds(74))
        try channel.writeInbound(ByteBuffer(string: health))
        channel.embeddedEventLoop.advanceTime(by: .seconds(74))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("a body longer than 8 KiB is refused, announced or not")
    func longBody() throws {
        let head = "POST /verify HTTP/1.1\r\nHost: lk\r\nAuthorization: Bearer any-token\r\n"
        let blanks = String(repeating: " ", count: 8_193)
        for request in ["Content-Length: 8193\r\n\r\n\(blanks)", "Transfer-Encoding: chunked\r\n\r\n2001\r\n\(blanks)"]
        {
            let channel = try embedded(scriptedDoor())
            try channel.writeInbound(ByteBuffer(string: head + request))
            let answer = try written(channel)
            #expect(status(answer) == "HTTP/1.1 413")
            #expect(answer.contains("Connection: close"))
        }
        let channel = try embedded(scriptedDoor())
        try channel.writeInbound(ByteBuffer(string: head + "Content-Length: 8192\r\n\r\n\(blanks.dropLast())"))
        #expect(status(try written(channel)) == "HTTP/1.1 400")
    }

    @Test("a head beyond its limits is refused, whatever makes it long")
    func longHead() throws {
        for fields in [
            "X: \(String(repeating: "x", count: 16_385))\r\n", String(repeating: "X: y\r\n", count: 129),
            String(repeating: "X: \(String(repeating: "x", count: 8_192))\r\n", count: 5),
        ] {
            let channel = try embedded(scriptedDoor())
            try channel.writeInbound(ByteBuffer(string: "GET /health HTTP/1.1\r\nHost: lk\r\n\(fields)\r\n"))
            #expect(status(try written(channel)) == "HTTP/1.1 431")
        }
    }

    @Test("a peer that asks faster than it is answered is read no further")
    func backpressure() throws {
        let channel = try embedded(scriptedDoor())
        let reads = ReadCounter()
        try channel.pipeline.syncOperations.addHandler(reads, position: .first)
        let held = question.replacing("YWRhOnJpZ2h0", with: "YWRhOmhlbGQ=")
        try channel.writeInbound(ByteBuffer(string: String(repeating: held, count: 64)))
        channel.pipeline.read()
        #expect(reads.count == 0)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(reads.count == 1)
    }

    @Test("a listener that stops lets a connection finish what it was asked, and closes it")
    func quiescing() throws {
        let channel = try embedded(scriptedDoor())
        try channel.writeInbound(ByteBuffer(string: question.replacing("YWRhOnJpZ2h0", with: "YWRhOmhlbGQ=")))
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(try written(channel).contains("Connection: close"))
        #expect(!channel.isActive)
        let idle = try embedded(scriptedDoor())
        idle.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(!idle.isActive)
    }

    @Test("an answer to a connection that is gone goes nowhere")
    func answerToNobody() throws {
        let channel = try embedded(scriptedDoor())
        try channel.writeInbound(ByteBuffer(string: question.replacing("YWRhOnJpZ2h0", with: "YWRhOmhlbGQ=")))
        channel.pipeline.close(promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(try written(channel).isEmpty)
    }

    @Test("only trusted peers may ask about Basic credentials without a token")
    func trust() throws {
        let forwarded = question.replacing("\r\n\r\n", with: "\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n")
        for (peer, expected) in [
            ("127.0.0.9", "200"), ("::1", "200"), ("::ffff:127.0.0.1", "200"), ("192.0.2.1", "403"),
            ("2001:db8::1", "403"),
        ] {
            let verifier = try ScriptedVerifier()
            let channel = try embedded(scriptedDoor(verifier), from: peer)
            try channel.writeInbound(ByteBuffer(string: forwarded))
            #expect(status(try written(channel)) == "HTTP/1.1 \(expected)", "\(peer)")
            #expect(verifier.questions.isEmpty == (expected == "403"))
        }
        let verifier = try ScriptedVerifier()
        let bearing = try embedded(scriptedDoor(verifier), from: "192.0.2.1")
        try bearing.writeInbound(
            ByteBuffer(string: forwarded.replacing("\r\n\r\n", with: "\r\nX-Latchkey-Token: dav-token\r\n\r\n")))
        #expect(status(try written(bearing)) == "HTTP/1.1 200")
        #expect(verifier.questions == ["ada for webdav from 192.0.2.7"])
        var configuration = HTTPDoor.Configuration()
        configuration.trustedNetworks = [Network("192.0.2.0/24")].compactMap(\.self)
        let configured = try embedded(scriptedDoor(nil, configuration), from: "192.0.2.1")
        try configured.writeInbound(ByteBuffer(string: question))
        #expect(status(try written(configured)) == "HTTP/1.1 200")
    }

    @Test("a peer on a Unix socket is trusted")
    func unixSocket() async throws {
        let directory = try TemporaryDirectory()
        let address = ListenAddress.unix(path: directory.path("http"))
        let answer = try await withListener(on: address, serve: scriptedDoor().serve) { listener in
            try await talk(to: listener.address, question.replacing("Host: lk", with: "Host: lk\r\nConnection: close"))
        }
        #expect(status(answer) == "HTTP/1.1 200")
    }

    @Test("whatever octets come, the door answers whole responses or nothing, and never traps")
    func noise() throws {
        var rng = SplitMix64(seed: 42)
        let pieces = [
            "GET ", "POST /verify", " HTTP/1.1\r\n", "Host: lk\r\n", "\r\n", "Content-Length: 5\r\n", "5\r\n", "\0",
            question,
        ]
        for _ in 0..<300 {
            let channel = try embedded(scriptedDoor())
            let text = (0..<Int.random(in: 1...12, using: &rng)).compactMap { _ in pieces.randomElement(using: &rng) }
                .joined()
            try channel.writeInbound(ByteBuffer(string: text))
            let answer = try written(channel)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 "), "\(text)")
        }
    }
}

/// Counts the reads that reach the socket.
private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private(set) var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}
