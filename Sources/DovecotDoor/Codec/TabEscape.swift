/// The escaping of field values: 0x01 and a letter stand for what would break a field or a line.
enum TabEscape {
    private static let escape: UInt8 = 0x01

    static func append(_ text: String, to line: inout [UInt8]) {
        for octet in text.utf8 {
            guard octet <= 0x0d, let letter = letter(for: octet) else {
                line.append(octet)
                continue
            }
            line.append(escape)
            line.append(letter)
        }
    }

    /// A field's text, with octets that are not UTF-8 replaced.
    static func text(_ field: Octets) -> String {
        guard field.firstPlace(of: escape, from: 0) != nil else { return String(decoding: field, as: UTF8.self) }
        return String(decoding: unescaped(field), as: UTF8.self)
    }

    static func unescaped(_ field: Octets) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(field.count)
        var isEscaped = false
        for octet in field {
            if isEscaped {
                octets.append(meaning(of: octet))
                isEscaped = false
            } else if octet == escape {
                isEscaped = true
            } else {
                octets.append(octet)
            }
        }
        return octets  // a trailing escape octet escapes nothing and is dropped
    }

    private static func letter(for octet: UInt8) -> UInt8? {
        switch octet {
        case 0x00: UInt8(ascii: "0")
        case escape: UInt8(ascii: "1")
        case UInt8(ascii: "\t"): UInt8(ascii: "t")
        case UInt8(ascii: "\r"): UInt8(ascii: "r")
        case UInt8(ascii: "\n"): UInt8(ascii: "n")
        default: nil
        }
    }

    private static func meaning(of letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "0"): 0x00
        case UInt8(ascii: "1"): escape
        case UInt8(ascii: "t"): UInt8(ascii: "\t")
        case UInt8(ascii: "r"): UInt8(ascii: "\r")
        case UInt8(ascii: "n"): UInt8(ascii: "\n")
        default: letter
        }
    }
}
