/// A client that does simple binds over one connection (RFC 4511 §4.2).
struct LDAPDialogue: Dialogue {
    /// All people are in here.
    static let people = "ou=people,dc=example,dc=com"

    /// BindRequests without the message around them. Used in turn.
    private let binds: [[UInt8]]

    init(_ credentials: [Credentials]) {
        binds = credentials.map { credentials in
            let name = "uid=\(credentials.login),\(Self.people)"
            // Version 3, the name, and [0] for a password.
            return Self.element(
                0x60,
                Self.element(0x02, [3]) + Self.element(0x04, Array(name.utf8))
                    + Self.element(0x80, Array(credentials.secret.utf8)))
        }
    }

    func write(_ number: Int, to octets: inout [UInt8]) -> UInt32? {
        // Four octets each, so that none is written in more than it needs.
        let id = UInt32(0x0100_0000 + number)
        let octetsOfID = (0..<4).map { UInt8(truncatingIfNeeded: id >> (24 - 8 * $0)) }
        octets += Self.element(0x30, Self.element(0x02, octetsOfID) + binds[number % binds.count])
        return id
    }

    func answer(in octets: ArraySlice<UInt8>) throws -> Answer? {
        guard let message = Self.content(of: 0x30, in: octets) else {
            guard octets.first ?? 0x30 == 0x30 else { throw LoadError("this is no LDAP message") }
            return nil
        }
        guard let id = Self.content(of: 0x02, in: octets[message.lowerBound..<message.upperBound]),
            let response = Self.content(of: 0x61, in: octets[id.upperBound..<message.upperBound]),
            let code = Self.content(of: 0x0a, in: octets[response])
        else { throw LoadError("this is no BindResponse") }
        return Answer(
            length: message.upperBound - octets.startIndex, id: octets[id].reduce(0) { $0 << 8 | UInt32($1) },
            isAccepted: octets[code].elementsEqual([0]))
    }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        content.count < 128
            ? [tag, UInt8(content.count)] + content
            : [tag, 0x82, UInt8(content.count >> 8), UInt8(content.count & 0xff)] + content
    }

    /// Where the content of the element at the beginning is; nil if it has another tag or is not whole.
    private static func content(of tag: UInt8, in octets: ArraySlice<UInt8>) -> Range<Int>? {
        guard octets.count >= 2, octets.first == tag else { return nil }
        var start = octets.startIndex + 2
        var length = Int(octets[start - 1])
        if length >= 128 {
            let count = length - 128
            guard count <= 4, octets.endIndex - start >= count else { return nil }
            length = octets[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
            start += count
        }
        return octets.endIndex - start >= length ? start..<start + length : nil
    }
}
