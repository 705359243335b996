import Crypto
import LatchkeyCore
import LatchkeyTesting

@testable import RADIUSDoor

/// Octets written as a network trace shows them.
func octets(_ text: String) -> [UInt8] {
    text.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0, radix: 16) }
}

/// A dialogue between radtest 3.2.1 and a server of which it believed every answer; the secret is `testing123`.
enum Recorded {
    static let secret = SharedSecret(Secret("testing123"))
    /// User ada, password wrong.
    static let accessRequest = octets(
        """
        01 1a 00 49 8c e9 fd 77 23 46 71 91 47 b3 a9 26 1f b0 5b fa 01 05 61 64 61 02 12 1f 88 53 dc 3e 54 84 08 1a 1d c6 71 68 20 1f 88
        04 06 7f 00 00 01 05 06 00 00 00 00 50 12 1c 25 47 d9 62 b4 8d 70 42 e0 ac 3e ca 6d 75 fc
        """)
    static let accessAccept = octets(
        "02 1a 00 26 d6 ec f0 fa a7 ad 2d 85 34 c9 5d b1 78 46 36 46 50 12 4b 75 40 b9 72 46 e4 03 7c ca 77 7d ae 57 35 00"
    )
    static let statusServer = octets(
        "0c a3 00 26 ed 38 e6 22 31 83 67 09 8b 05 e0 a0 c6 c6 d4 ea 50 12 0b ab 4a 14 13 4b f2 2a 25 22 ab 06 5a fe fa b4"
    )
    static let statusAnswer = octets(
        "02 a3 00 26 31 6a 14 0a 0b 87 4e 21 90 11 32 f5 99 e3 b2 93 50 12 1c 11 94 35 87 2c 2d 9a 05 84 e1 d3 ee 38 a0 ea"
    )
}

/// A request as a client makes it: the other side of the codec, written apart from it.
struct RequestMaker {
    var code: UInt8 = 1
    var identifier: UInt8 = 7
    var authenticator: [UInt8] = Array(0x40..<0x50)
    var secret = "testing123testing123"
    var attributes: [(UInt8, [UInt8])] = []
    var isSigned = true

    static func pap(_ name: String, _ password: String, secret: String = "testing123testing123") -> RequestMaker {
        var request = RequestMaker()
        request.secret = secret
        request.attributes = [(1, Array(name.utf8)), (2, request.covered(Array(password.utf8)))]
        return request
    }

    func covered(_ password: [UInt8]) -> [UInt8] {
        var blocks = password + Array(repeating: 0, count: (16 - password.count % 16) % 16)
        if blocks.isEmpty { blocks = Array(repeating: 0, count: 16) }
        var before = authenticator
        for start in stride(from: 0, to: blocks.count, by: 16) {
            let cover = Array(Insecure.MD5.hash(data: Array(secret.utf8) + before))
            for place in 0..<16 { blocks[start + place] ^= cover[place] }
            before = Array(blocks[start..<(start + 16)])
        }
        return blocks
    }

    var octets: [UInt8] {
        var body: [UInt8] = []
        for (type, value) in attributes { body += [type, UInt8(value.count + 2)] + value }
        let signature = body.count + 20 + 2
        if isSigned { body += [80, 18] + Array(repeating: 0, count: 16) }
        let length = body.count + 20
        var packet = [code, identifier, UInt8(length >> 8), UInt8(length & 255)] + authenticator + body
        if isSigned {
            let key = SymmetricKey(data: Array(secret.utf8))
            let mac = HMAC<Insecure.MD5>.authenticationCode(for: packet, using: key)
            packet.replaceSubrange(signature..<(signature + 16), with: Array(mac))
        }
        return packet
    }

    /// The type and value of each attribute of a reply to this request, if both of its proofs are right.
    func believed(_ reply: [UInt8]) -> [(type: UInt8, value: [UInt8])]? {
        guard reply.count >= 38, reply[1] == identifier, Int(reply[2]) << 8 | Int(reply[3]) == reply.count,
            reply[20] == 80, reply[21] == 18
        else { return nil }
        let proof = Array(reply[..<4]) + authenticator + Array(reply[20...]) + Array(secret.utf8)
        guard Array(reply[4..<20]) == Array(Insecure.MD5.hash(data: proof)) else { return nil }
        let blank = Array(reply[..<4]) + authenticator + [80, 18] + Array(repeating: 0, count: 16) + reply[38...]
        let mac = HMAC<Insecure.MD5>.authenticationCode(
            for: blank, using: SymmetricKey(data: Array(secret.utf8)))
        guard Array(reply[22..<38]) == Array(mac) else { return nil }
        var attributes: [(type: UInt8, value: [UInt8])] = []
        var rest = reply[20...]
        while let type = rest.popFirst(), let length = rest.popFirst() {
            attributes.append((type, Array(rest.prefix(Int(length) - 2))))
            rest = rest.dropFirst(Int(length) - 2)
        }
        return attributes
    }
}

/// An acceptance of somebody.
func accepted(_ login: String = "ada@example.com") -> Verdict {
    guard let login = LoginName(login) else { return .refused(.malformed) }
    return .accepted(Acceptance(account: .nobody, login: login, name: "", appPassword: .nobody))
}
