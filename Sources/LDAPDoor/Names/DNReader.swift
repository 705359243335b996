import LatchkeyCore

/// Reads the text form of a distinguished name (RFC 4514 §3).
struct DNReader {
    private let text: [UInt8]
    private var place = 0

    private init(_ text: [UInt8]) {
        self.text = text
    }

    /// Nil if it is no name. The empty text names the root.
    static func read(_ text: [UInt8]) -> [DistinguishedName.Part]? {
        var reader = DNReader(text)
        reader.skipBlanks()
        if reader.next == nil { return [] }
        var parts: [DistinguishedName.Part] = []
        var part: DistinguishedName.Part = []
        while let assertion = reader.readAssertion() {
            part.append(assertion)
            switch reader.next {
            case UInt8(ascii: "+"): break
            case UInt8(ascii: ","), UInt8(ascii: ";"):
                parts.append(part.count > 1 ? part.sorted(by: DistinguishedName.Assertion.isBefore) : part)
                part = []
                guard parts.count < DistinguishedName.maximumParts else { return nil }
            default:
                // The value ended where the text does.
                parts.append(part.count > 1 ? part.sorted(by: DistinguishedName.Assertion.isBefore) : part)
                return parts
            }
            reader.place += 1
        }
        return nil
    }

    private var next: UInt8? { place < text.count ? text[place] : nil }

    private mutating func skipBlanks() {
        while next == UInt8(ascii: " ") { place += 1 }
    }

    private mutating func readAssertion() -> DistinguishedName.Assertion? {
        skipBlanks()
        guard let type = readType() else { return nil }
        skipBlanks()
        guard next == UInt8(ascii: "=") else { return nil }
        place += 1
        skipBlanks()
        let value = next == UInt8(ascii: "#") ? readEncodedValue() : readValue()
        guard let value, let text = String(validating: value, as: UTF8.self), !text.isEmpty else { return nil }
        return DistinguishedName.Assertion(type: type, value: text)
    }

    /// A short name or a dotted number, in lower case and as the schema calls it.
    private mutating func readType() -> String? {
        var name: [UInt8] = []
        while let octet = next, octet.isNameOctet {
            name.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet | 0x20 : octet)
            place += 1
        }
        guard !name.isEmpty else { return nil }
        let folded = String(decoding: name, as: UTF8.self)
        return AttributeType.foldedNames[folded] ?? folded
    }

    /// Up to an unescaped separator. Blanks at the end count only where they are escaped.
    private mutating func readValue() -> [UInt8]? {
        var value: [UInt8] = []
        var kept = 0
        while let octet = next, !octet.isSeparator {
            place += 1
            switch octet {
            case UInt8(ascii: "\\"):
                guard let escaped = readEscaped() else { return nil }
                value.append(escaped)
                kept = value.count
            case UInt8(ascii: "\""), 0: return nil
            default:
                value.append(octet)
                if octet != UInt8(ascii: " ") { kept = value.count }
            }
        }
        value.removeLast(value.count - kept)
        return value
    }

    /// Two hexadecimal digits, or the octet itself.
    private mutating func readEscaped() -> UInt8? {
        guard let first = next else { return nil }
        place += 1
        guard let high = Hex.value(of: first) else { return first }
        guard let low = next.flatMap({ Hex.value(of: $0) }) else { return nil }
        place += 1
        return high << 4 | low
    }

    /// `#` and the value's encoding in hexadecimal digits: a string of one kind or another.
    private mutating func readEncodedValue() -> [UInt8]? {
        place += 1
        var octets: [UInt8] = []
        while let octet = next, !octet.isSeparator, octet != UInt8(ascii: " ") {
            place += 1
            guard let high = Hex.value(of: octet), let low = next.flatMap({ Hex.value(of: $0) }) else { return nil }
            place += 1
            octets.append(high << 4 | low)
        }
        skipBlanks()
        guard next.map(\.isSeparator) ?? true else { return nil }
        return octets.withUnsafeBytes { encoding in
            var reader = BERReader(encoding)
            // What is wrong with it does not matter: it names nothing.
            guard let element = try? reader.readElement(), reader.isAtEnd, Self.stringTags.contains(element.tag) else {
                return nil
            }
            return Array(element.content)
        }
    }

    /// OCTET STRING, UTF8String, PrintableString, IA5String.
    private static let stringTags: Set<UInt8> = [0x04, 0x0c, 0x13, 0x16]
}

extension UInt8 {
    fileprivate var isSeparator: Bool {
        self == UInt8(ascii: ",") || self == UInt8(ascii: "+") || self == UInt8(ascii: ";")
    }

    /// A letter, a digit, a dot or a dash.
    fileprivate var isNameOctet: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
