import DoorKit
import DoorTesting
import LatchkeyCore
import NIOCore
import NIOEmbedded
import Testing

@testable import LDAPDoor

/// A door for `dc=example,dc=com`, with everything behind it scripted.
func door(
    _ verifier: any Verifier = ScriptedVerifier(), _ directory: ListedDirectory? = nil,
    anonymousSearch: Bool = false, tls: ServerTLS? = nil
) throws -> LDAPDoor {
    var configuration = LDAPDoor.Configuration(base: DistinguishedName(domain: "example.com"), domain: "example.com")
    configuration.allowsAnonymousSearch = anonymousSearch
    configuration.portal = "https://keys.example.com"
    let directory = try directory ?? .small()
    return LDAPDoor(
        verifier: verifier, relyingServices: directory, directory: directory, configuration: configuration, tls: tls,
        logger: silence)
}

/// A connection without a socket, in time that the test moves. For requests that need no task: binds and extended operations.
final class Stage {
    private let loop = EmbeddedEventLoop()
    private let channel: EmbeddedChannel

    init(_ door: LDAPDoor, _ peer: Peer = Peer(address: nil)) throws {
        channel = EmbeddedChannel(loop: loop)
        try door.serve(channel, peer)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).wait()
    }

    var isOpen: Bool { channel.isActive }

    /// Says this, `piece` octets at a time, and returns the lines that come back at once.
    func say(_ octets: [UInt8], piece: Int = .max) throws -> [String] {
        var rest = octets[...]
        while !rest.isEmpty {
            try channel.writeInbound(ByteBuffer(bytes: rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        loop.run()
        return try Wire.lines(heard())
    }

    func heard() throws -> [UInt8] {
        var octets: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { octets += Array(buffer: buffer) }
        return octets
    }

    /// The number of writes since they were last looked at.
    func writes() throws -> Int {
        var count = 0
        while try channel.readOutbound(as: ByteBuffer.self) != nil { count += 1 }
        return count
    }

    func wait(seconds: Int64) throws -> [String] {
        loop.advanceTime(by: .seconds(seconds))
        return try Wire.lines(heard())
    }

    func quiesce() throws -> [String] {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        loop.run()
        return try Wire.lines(heard())
    }
}

extension Client {
    /// The next `count` messages, as lines.
    mutating func hear(messages count: Int) async throws -> [String] {
        var lines: [String] = []
        for _ in 0..<count { lines += try Wire.lines(try await hear(Wire.firstLength)) }
        return lines
    }

    /// Says this, and all that comes up to a message whose line has `end` in it.
    mutating func ask(_ octets: [UInt8], until end: String = " done ") async throws -> [String] {
        try await say(octets)
        return try await hear(untilLine: end)
    }

    mutating func hear(untilLine end: String) async throws -> [String] {
        var lines: [String] = []
        while !(lines.last?.contains(end) ?? false) { lines += try await hear(messages: 1) }
        return lines
    }
}
