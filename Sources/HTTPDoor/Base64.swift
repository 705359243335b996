/// Base64 as RFC 4648 §4 has it, for the one header that carries it. Foundation's is an order of magnitude dearer here.
enum Base64 {
    /// What `text` stands for. Padding may be missing, as some clients leave it out; anything else that is not of the
    /// alphabet, or padding where none belongs, gives nil.
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        text.withUnsafeBufferPointer { text in
            var length = text.count
            while length > 0, text.count - length < 2, text[length - 1] == UInt8(ascii: "=") { length -= 1 }
            guard length % 4 != 1, length == text.count || text.count.isMultiple(of: 4) else { return nil }

            var octets: [UInt8] = []
            octets.reserveCapacity(length / 4 * 3 + 2)
            var bits: UInt32 = 0
            for place in 0..<length {
                guard let value = value(of: text[place]) else { return nil }
                bits = bits << 6 | UInt32(value)
                switch place % 4 {
                case 1: octets.append(UInt8(truncatingIfNeeded: bits >> 4))
                case 2: octets.append(UInt8(truncatingIfNeeded: bits >> 2))
                case 3: octets.append(UInt8(truncatingIfNeeded: bits))
                default: break
                }
            }
            return octets
        }
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
