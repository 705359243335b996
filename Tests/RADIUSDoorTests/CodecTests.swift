import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import RADIUSDoor

/// Lends what `octets` say.
private func reading<R>(_ octets: [UInt8], _ body: (Packet, RequestAttributes) throws -> R) throws -> R {
    try octets.withUnsafeBytes { (octets) throws in
        let packet = try Packet(octets)
        return try body(packet, try RequestAttributes(packet))
    }
}

struct CodecTests {
    @Test("what radtest sent is read, and its signature is right under its secret alone")
    func recordedRequest() throws {
        try Recorded.accessRequest.withUnsafeBytes { octets in
            let packet = try Packet(octets)
            let attributes = try RequestAttributes(packet)
            #expect(packet.code == .accessRequest && packet.identifier == 0x1a)
            #expect(attributes.authcid(strippingDomain: false) == "ada")
            #expect(attributes.method == .pap)
            let place = try #require(attributes.messageAuthenticatorPlace)
            #expect(Recorded.secret.hasSigned(packet, place: place))
            #expect(!SharedSecret(Secret("testing124")).hasSigned(packet, place: place))
            let hidden = try #require(attributes.userPassword)
            #expect(Recorded.secret.uncover(hidden, packet.authenticator)?.reveal() == "wrong")
        }
    }

    @Test("replies are those that radtest believed, octet for octet")
    func recordedReplies() throws {
        for (request, reply) in [
            (Recorded.accessRequest, Recorded.accessAccept), (Recorded.statusServer, Recorded.statusAnswer),
        ] {
            let packet = try request.withUnsafeBytes { octets in
                let packet = try Packet(octets)
                return Reply.Request(
                    identifier: packet.identifier, authenticator: packet.authenticator, proxyStates: [])
            }
            #expect(Reply.accept(packet, ReplyAttributes(), Recorded.secret) == reply)
        }
    }

    @Test("a password of any length comes back as it was, without the NULs at its end", arguments: 0...128)
    func passwords(length: Int) throws {
        var rng = SplitMix64(seed: UInt64(length))
        let password = (0..<length).map { _ in UInt8.random(in: 1...255, using: &rng) }
        let request = RequestMaker()
        let hidden = request.covered(password)
        let secret = SharedSecret(Secret(request.secret))
        let read = request.authenticator.withUnsafeBytes { authenticator in
            hidden.withUnsafeBytes { hidden in Authenticator(authenticator).flatMap { secret.uncover(hidden, $0) } }
        }
        #expect(try #require(read) == Secret(password))
    }

    @Test("a covered password that is not 1 to 8 blocks is none", arguments: [0, 1, 15, 17, 129, 144, 250])
    func oddPasswords(length: Int) {
        let hidden = [UInt8](repeating: 7, count: length)
        let read = hidden.withUnsafeBytes { hidden in
            Array(repeating: UInt8(1), count: 16).withUnsafeBytes {
                Authenticator($0).flatMap { Recorded.secret.uncover(hidden, $0) }
            }
        }
        #expect(read == nil)
    }

    @Test(
        "a packet that cannot be one is told by its reason",
        arguments: [
            ("01 02 00 14", DropReason.incomplete), ("", .incomplete),
            ("01 02 00 13 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", .badLength),
            ("01 02 10 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", .badLength),
            ("01 02 00 15 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", .incomplete),
            ("01 02 00 15 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01", .malformedAttribute),
            ("01 02 00 16 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00", .malformedAttribute),
            ("01 02 00 16 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 03", .malformedAttribute),
            ("01 02 00 16 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 50 02", .malformedAttribute),
            ("01 02 00 18 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 02 01 02", .repeatedAttribute),
        ])
    func malformed(text: String, reason: DropReason) {
        #expect(throws: reason) { try reading(octets(text)) { _, _ in } }
    }

    @Test("what follows a packet is padding")
    func padding() throws {
        let length = try reading(Recorded.accessRequest + [1, 1, 1]) { packet, _ in packet.octets.count }
        #expect(length == Recorded.accessRequest.count)
    }

    @Test("too many proxies, or too much of them, is a circle")
    func proxies() {
        for (count, length) in [(17, 1), (14, 253)] {
            var request = RequestMaker()
            request.attributes = Array(repeating: (33, Array(repeating: 1, count: length)), count: count)
            #expect(throws: DropReason.tooManyProxyStates) { try reading(request.octets) { _, _ in } }
        }
    }

    @Test(
        "how the user is to be checked is told by the attributes",
        arguments: [
            ([2], RequestAttributes.Method.pap), ([2, 3], .chap), ([3], .chap), ([79], .eap), ([79, 2], .eap),
            ([], .none),
        ] as [([UInt8], RequestAttributes.Method)])
    func methods(types: [UInt8], method: RequestAttributes.Method) throws {
        var request = RequestMaker()
        request.attributes = types.map { ($0, Array(repeating: 1, count: 16)) }
        #expect(try reading(request.octets) { $1.method } == method)
    }

    @Test(
        "MS-CHAP is found among a vendor's attributes, and only among Microsoft's",
        arguments: [
            ("00 00 01 37 19 04 01 02", true), ("00 00 01 37 0b 03 01 01 03 09", true), ("00 00 01 37 0b 03 01", false),
            ("00 00 01 38 19 04 01 02", false), ("00 00 01 37 0b 00 01 03", false), ("00 00 01", false),
        ])
    func msCHAP(value: String, isThere: Bool) throws {
        var request = RequestMaker()
        request.attributes = [(26, octets(value))]
        #expect(try reading(request.octets) { $1.method } == (isThere ? .msCHAP : .none))
    }

    @Test(
        "a name loses its NUL, and its domain where that is asked for",
        arguments: [
            ("ada\0", "ada", "ada"), ("WORK\\ada", "WORK\\ada", "ada"),
            ("ada@example.com", "ada@example.com", "ada@example.com"),
            ("\0", "", ""), ("\\", "\\", ""),
        ])
    func names(given: String, whole: String, stripped: String) throws {
        var request = RequestMaker()
        request.attributes = [(1, Array(given.utf8))]
        #expect(try reading(request.octets) { $1.authcid(strippingDomain: false) } == whole)
        #expect(try reading(request.octets) { $1.authcid(strippingDomain: true) } == stripped)
    }

    @Test("a name that is not UTF-8 is Latin-1")
    func latin1() throws {
        var request = RequestMaker()
        request.attributes = [(1, [0x7a, 0xfc])]
        #expect(try reading(request.octets) { $1.authcid(strippingDomain: false) } == "zü")
    }

    @Test("what an Access-Accept carries is encoded as its standards say, and never outgrows its room")
    func replyAttributes() {
        #expect(
            ReplyAttributes(vlan: 42, filterID: "a", class: "b", sessionTimeout: 3_600).octets
                == octets("40 06 00 00 00 0d 41 06 00 00 00 06 51 04 34 32 0b 03 61 19 03 62 1b 06 00 00 0e 10"))
        let long = String(repeating: "x", count: 400)
        let most = ReplyAttributes(vlan: 4_094, filterID: long, class: long, sessionTimeout: .max)
        #expect(most.octets.count <= ReplyAttributes.maximumLength)
    }
}

struct StreamFramingTests {
    private static let packets = (1...4).map { number in
        var request = RequestMaker.pap("ada", String(repeating: "p", count: number * 20))
        request.identifier = UInt8(number)
        return request.octets
    }

    @Test("how the octets are cut changes nothing", arguments: [1, 2, 3, 4, 5, 19, 20, 21, 64, 127, 4_096])
    func cut(piece: Int) throws {
        var framing = StreamFraming()
        var read: [[UInt8]] = []
        var rest = Array(Self.packets.joined())[...]
        while !rest.isEmpty {
            try Array(rest.prefix(piece)).withUnsafeBytes { octets in
                try framing.split(octets) { read.append(Array($0)) }
            }
            rest = rest.dropFirst(piece)
        }
        #expect(read == Self.packets)
    }

    @Test(
        "a length that cannot be ends the stream, wherever it is cut",
        arguments: [[0, 19], [16, 1], [255, 255]] as [[UInt8]])
    func badLength(length: [UInt8]) {
        let stream = Self.packets[0] + [1, 1] + length + Array(repeating: 0, count: 20)
        for piece in [1, 3, stream.count] {
            var framing = StreamFraming()
            var count = 0
            #expect(throws: DropReason.badLength) {
                var rest = stream[...]
                while !rest.isEmpty {
                    try Array(rest.prefix(piece)).withUnsafeBytes { try framing.split($0) { _ in count += 1 } }
                    rest = rest.dropFirst(piece)
                }
            }
            #expect(count == 1)
        }
    }
}
