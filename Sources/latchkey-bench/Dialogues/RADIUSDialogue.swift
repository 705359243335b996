import Crypto
import Foundation

/// An access point that asks with PAP over UDP (RFC 2865 §5.2), and signs as is required today (RFC 3579 §3.2).
struct RADIUSDialogue: Dialogue {
    static let secret = "a secret of the bench"

    /// Whole packets, each with its identifier. Used in turn: a client that sends a packet again before 256 others is answered from
    /// memory.
    private let packets: [[UInt8]]

    init(_ credentials: [Credentials]) {
        var rng = Numbers(seed: 44)
        packets = credentials.enumerated().map { number, credentials in
            Self.packet(UInt8(truncatingIfNeeded: number), credentials, using: &rng)
        }
    }

    func write(_ number: Int, to octets: inout [UInt8]) -> UInt32? {
        let packet = packets[number % packets.count]
        octets += packet
        return UInt32(packet[1])
    }

    func answer(in octets: ArraySlice<UInt8>) throws -> Answer? {
        guard octets.count >= 20 else { return nil }
        let start = octets.startIndex
        guard (2...3).contains(octets[start]) else {
            throw LoadError("this is neither Access-Accept nor Access-Reject")
        }
        return Answer(
            length: Int(octets[start + 2]) << 8 | Int(octets[start + 3]), id: UInt32(octets[start + 1]),
            isAccepted: octets[start] == 2)
    }

    private static func packet(_ identifier: UInt8, _ credentials: Credentials, using rng: inout Numbers) -> [UInt8] {
        let authenticator = (0..<16).map { _ in UInt8.random(in: 0...255, using: &rng) }
        var attributes = attribute(80, [UInt8](repeating: 0, count: 16))  // Message-Authenticator, first as is advised
        attributes += attribute(1, Array(credentials.login.utf8))  // User-Name
        attributes += attribute(2, hidden(credentials.secret, authenticator))  // User-Password
        attributes += attribute(32, Array("bench".utf8))  // NAS-Identifier
        let length = 20 + attributes.count
        var packet = [1, identifier, UInt8(length >> 8), UInt8(length & 0xff)] + authenticator + attributes
        let code = HMAC<Insecure.MD5>.authenticationCode(for: packet, using: SymmetricKey(data: Data(secret.utf8)))
        packet.replaceSubrange(22..<38, with: Array(code))
        return packet
    }

    private static func attribute(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [type, UInt8(2 + value.count)] + value
    }

    /// Each block of sixteen octets under MD5 of the secret and the block before it.
    private static func hidden(_ password: String, _ authenticator: [UInt8]) -> [UInt8] {
        var plain = Array(password.utf8)
        plain += [UInt8](repeating: 0, count: (16 - plain.count % 16) % 16)
        var hidden: [UInt8] = []
        var previous = authenticator
        for start in stride(from: 0, to: plain.count, by: 16) {
            let cover = Insecure.MD5.hash(data: Array(secret.utf8) + previous)
            previous = zip(plain[start..<start + 16], cover).map { $0 ^ $1 }
            hidden += previous
        }
        return hidden
    }
}
