/// Octets lent by whoever read them: valid only until the call they were passed to returns.
typealias Octets = UnsafeRawBufferPointer

/// Reads the Basic Encoding Rules as LDAP restricts them (RFC 4511 §5.1): tags of one octet and definite lengths, which may be
/// written in more octets than they need (Active Directory's clients always take five). Nothing is copied, and a length is compared with what
/// is there before anything is made of it.
struct BERReader {
    /// Octets of a length after its first one. A message is far shorter than this allows.
    static let maximumLengthOctets = 4

    private let octets: Octets
    private var place = 0

    init(_ octets: Octets) {
        self.octets = octets
    }

    var isAtEnd: Bool { place == octets.count }
    /// The tag of the element that comes next; nil at the end.
    var nextTag: UInt8? { isAtEnd ? nil : octets[place] }

    /// The content of the next element, which must have this tag.
    mutating func read(_ tag: UInt8) throws(ProtocolFault) -> Octets {
        let element = try readElement()
        guard element.tag == tag else { throw .malformed }
        return element.content
    }

    /// The same, nil if the next element is another one or there is none.
    mutating func readIfPresent(_ tag: UInt8) throws(ProtocolFault) -> Octets? {
        nextTag == tag ? try read(tag) : nil
    }

    mutating func readElement() throws(ProtocolFault) -> (tag: UInt8, content: Octets) {
        let rest = Octets(rebasing: octets[place...])
        guard let header = try BERHeader(rest), header.length <= rest.count - header.count else { throw .malformed }
        let end = header.count + header.length
        place += end
        return (header.tag, Octets(rebasing: rest[header.count..<end]))
    }

    mutating func readInteger(_ tag: UInt8 = BERTag.integer) throws(ProtocolFault) -> Int32 {
        try read(tag).integer
    }

    mutating func readBoolean() throws(ProtocolFault) -> Bool {
        let content = try read(BERTag.boolean)
        guard content.count == 1 else { throw .malformed }
        return content[0] != 0  // TRUE is FF (RFC 4511 §5.1); some say 01
    }

    /// An LDAPString. Octets that are not UTF-8 are replaced, and so name nothing.
    mutating func readText(_ tag: UInt8 = BERTag.octetString) throws(ProtocolFault) -> String {
        String(decoding: try read(tag), as: UTF8.self)
    }
}

/// The tag and the length of an element.
struct BERHeader {
    let tag: UInt8
    /// Octets of the content.
    let length: Int
    /// Octets of the header itself.
    let count: Int

    /// Nil if there are too few octets to tell.
    init?(_ octets: Octets) throws(ProtocolFault) {
        guard octets.count >= 2 else {
            // No tag of LDAP has a number that takes further octets.
            if octets.count == 1, octets[0] & 0x1f == 0x1f { throw .malformed }
            return nil
        }
        tag = octets[0]
        guard tag & 0x1f != 0x1f else { throw .malformed }
        let first = octets[1]
        if first < 0x80 {
            length = Int(first)
            count = 2
            return
        }
        let lengthOctets = Int(first & 0x7f)
        // 0x80 alone is the indefinite form, which LDAP forbids.
        guard (1...BERReader.maximumLengthOctets).contains(lengthOctets) else { throw .malformed }
        count = 2 + lengthOctets
        guard octets.count >= count else { return nil }
        length = octets[2..<count].reduce(0) { $0 << 8 | Int($1) }
    }
}

/// The tags that more than one operation uses.
enum BERTag {
    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let octetString: UInt8 = 0x04
    static let enumerated: UInt8 = 0x0a
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
    /// `[number]`, primitive.
    static func context(_ number: UInt8) -> UInt8 { 0x80 | number }
    /// `[number]`, constructed.
    static func constructed(_ number: UInt8) -> UInt8 { 0xa0 | number }
}

extension UnsafeRawBufferPointer {
    /// A two's complement number of at most four octets.
    fileprivate var integer: Int32 {
        get throws(ProtocolFault) {
            guard (1...4).contains(count) else { throw .malformed }
            var number: Int32 = self[0] >= 0x80 ? -1 : 0
            for octet in self { number = number << 8 | Int32(octet) }
            return number
        }
    }
}
