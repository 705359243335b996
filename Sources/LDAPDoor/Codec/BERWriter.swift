/// Writes the Basic Encoding Rules, with definite lengths in as few octets as they need.
struct BERWriter {
    private(set) var octets: [UInt8] = []

    init() {}

    /// Hands over what was written and begins anew.
    mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &octets)
        return taken
    }

    mutating func write(_ tag: UInt8, _ body: (inout BERWriter) -> Void) {
        octets.append(tag)
        octets.append(0)
        let start = octets.count
        body(&self)
        let length = octets.count - start
        if length < 0x80 {
            octets[start - 1] = UInt8(length)
        } else {
            let digits = Self.digits(of: length)
            octets[start - 1] = 0x80 | UInt8(digits.count)
            octets.insert(contentsOf: digits, at: start)
        }
    }

    mutating func write(_ text: String, _ tag: UInt8 = BERTag.octetString) {
        writeHeader(tag, length: text.utf8.count)
        octets.append(contentsOf: text.utf8)
    }

    mutating func write(_ content: [UInt8], _ tag: UInt8 = BERTag.octetString) {
        writeHeader(tag, length: content.count)
        octets.append(contentsOf: content)
    }

    mutating func write(_ number: Int32, _ tag: UInt8 = BERTag.integer) {
        var count = 4
        // Leading octets that only repeat the sign are left out.
        while count > 1, number >> Int32(8 * (count - 1) - 1) == 0 || number >> Int32(8 * (count - 1) - 1) == -1 {
            count -= 1
        }
        writeHeader(tag, length: count)
        for place in (0..<count).reversed() { octets.append(UInt8(truncatingIfNeeded: number >> Int32(8 * place))) }
    }

    mutating func write(_ truth: Bool) {
        octets += [BERTag.boolean, 1, truth ? 0xff : 0]
    }

    private mutating func writeHeader(_ tag: UInt8, length: Int) {
        octets.append(tag)
        if length < 0x80 {
            octets.append(UInt8(length))
        } else {
            let digits = Self.digits(of: length)
            octets.append(0x80 | UInt8(digits.count))
            octets.append(contentsOf: digits)
        }
    }

    private static func digits(of length: Int) -> [UInt8] {
        var digits: [UInt8] = []
        var rest = length
        while rest > 0 {
            digits.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        return digits
    }
}
