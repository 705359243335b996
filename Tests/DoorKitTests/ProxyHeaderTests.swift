import DoorTesting
import LatchkeyCore
import LatchkeyTesting
import NIOCore
import Testing

@testable import DoorKit

struct ProxyHeaderTests {
    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]

    /// Version and command, family and protocol, the address block.
    private static func binary(_ command: UInt8, _ family: UInt8, _ block: [UInt8]) -> [UInt8] {
        signature + [command, family, UInt8(block.count >> 8), UInt8(block.count & 255)] + block
    }

    private static let v4 = binary(0x21, 0x11, [192, 0, 2, 7, 192, 0, 2, 1, 0xc3, 0x50, 3, 0xe1])
    private static let v6 = binary(
        0x21, 0x21, [0x20, 1, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [7] + [UInt8](repeating: 0, count: 20))

    private static let good: [(header: [UInt8], address: IPAddress?)] = [
        (Array("PROXY TCP4 192.0.2.7 192.0.2.1 50000 993\r\n".utf8), IPAddress("192.0.2.7")),
        (Array("PROXY TCP6 2001:db8::7 2001:db8::1 50000 993\r\n".utf8), IPAddress("2001:db8::7")),
        (Array("PROXY UNKNOWN\r\n".utf8), nil),
        (Array("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n".utf8), nil),
        (v4, IPAddress("192.0.2.7")), (v6, IPAddress("2001:db8::7")),
        // With a TLV behind the addresses.
        (binary(0x21, 0x11, [192, 0, 2, 7, 192, 0, 2, 1, 0, 1, 0, 2, 0x04, 0, 1, 9]), IPAddress("192.0.2.7")),
        (binary(0x20, 0x00, []), nil), (binary(0x21, 0x00, []), nil),
    ]

    @Test("both versions are read, and what follows is left alone")
    func whole() {
        for (header, address) in Self.good {
            #expect(ProxyHeader(header + Array("AUTH".utf8)) == .whole(address, length: header.count))
            for length in 0..<header.count {
                #expect(ProxyHeader(header.prefix(length)) == .partial, "cut at \(length)")
            }
        }
    }

    @Test(
        "anything else is refused",
        arguments: [
            "GET / HTTP/1.1\r\n", "PROXY TCP4 192.0.2.7\r\n", "PROXY TCP4 192.0.2.7 192.0.2.1 50000 99999\r\n",
            "PROXY TCP4 192.0.2.7 192.0.2.1 50000 993\n", "PROXY TCP4  192.0.2.7 192.0.2.1 50000 993\r\n",
            "PROXY UDP4 192.0.2.7 192.0.2.1 50000 993\r\n", "PROXY " + String(repeating: "x", count: 200),
        ])
    func bad(text: String) {
        #expect(ProxyHeader(Array(text.utf8)) == .malformed)
    }

    @Test("a binary header of another version, too short for its addresses or too long to be one is refused")
    func badBinary() {
        for header in [
            Self.binary(0x11, 0x11, [UInt8](repeating: 0, count: 12)), Self.binary(0x21, 0x11, [1, 2, 3, 4]),
            Self.binary(0x22, 0x11, [UInt8](repeating: 0, count: 12)),
            Self.signature + [0x21, 0x11, 0xff, 0xff],
        ] { #expect(ProxyHeader(header) == .malformed) }
    }

    @Test("no octets make it trap, and a prefix never reads as another header")
    func noise() {
        var rng = SplitMix64(seed: 9)
        for _ in 0..<20_000 {
            var octets = (Self.good.randomElement(using: &rng) ?? Self.good[0]).header
            for _ in 0..<Int.random(in: 1...4, using: &rng) {
                octets[Int.random(in: octets.indices, using: &rng)] = .random(in: 0...255, using: &rng)
            }
            if case .whole(_, let length) = ProxyHeader(octets) { #expect((1...octets.count).contains(length)) }
        }
    }

    @Test("behind a trusted proxy the door sees its client, and others' headers are their own octets")
    func behindProxy() async throws {
        var configuration = ListenerConfiguration()
        configuration.proxies = [try #require(Network("127.0.0.0/8"))]
        try await withListener(configuration, serve: Echo.greet) { listener in
            for (header, address) in Self.good {
                try await Client.connected(to: listener.address) { client in
                    try await client.say(header + Array("hello\n".utf8))
                    #expect(try await client.hear(until: "\n") == "\(address?.description ?? "127.0.0.1")\n")
                    #expect(try await client.hear(until: "\n") == "hello\n")
                }
            }
            try await Client.connected(to: listener.address) { client in
                try await client.say("hello\n")
                #expect(try await client.hearToTheEnd() == [])
            }
        }
        configuration.proxies = [try #require(Network("192.0.2.0/24"))]
        try await withListener(configuration, serve: Echo.greet) { listener in
            try await Client.connected(to: listener.address) { client in
                try await client.say("PROXY UNKNOWN\r\n")
                #expect(try await client.hear(until: "\r\n") == "127.0.0.1\nPROXY UNKNOWN\r\n")
            }
        }
    }

    @Test("a proxy's clients are counted one by one")
    func limits() async throws {
        var configuration = ListenerConfiguration()
        configuration.proxies = [try #require(Network("127.0.0.0/8"))]
        configuration.maximumConnectionsPerPeer = 1
        try await withListener(configuration, serve: Echo.greet) { listener in
            try await Client.connected(to: listener.address) { first in
                try await first.say("PROXY TCP4 192.0.2.7 192.0.2.1 50000 993\r\n")
                #expect(try await first.hear(until: "\n") == "192.0.2.7\n")
                try await Client.connected(to: listener.address) { second in
                    try await second.say("PROXY TCP4 192.0.2.8 192.0.2.1 50000 993\r\n")
                    #expect(try await second.hear(until: "\n") == "192.0.2.8\n")
                }
                try await Client.connected(to: listener.address) { third in
                    try await third.say("PROXY TCP4 192.0.2.7 192.0.2.1 50001 993\r\n")
                    #expect(try await third.hearToTheEnd() == [])
                }
            }
        }
    }
}
