/// Reads JSON strictly (RFC 8259), as what it says decides who gets in: an object that says a name twice is refused, since two readers would
/// disagree about what it means (RFC 7519 §4 allows that), and so are octets that are not UTF-8 and half surrogate pairs.
///
/// The length of a text is for the caller to bound; the depth is bounded here.
struct JSONReader {
    /// Objects and arrays within each other; a discovery document has three levels, a token with `_claim_sources` as many.
    static let maximumDepth = 16

    private let octets: [UInt8]
    private var place = 0

    init(_ octets: [UInt8]) {
        self.octets = octets
    }

    /// Nil for anything that is not one value with white space around it.
    mutating func wholeText() -> JSONValue? {
        guard let value = value(depth: 0) else { return nil }
        skipWhiteSpace()
        return place == octets.count ? value : nil
    }

    private mutating func value(depth: Int) -> JSONValue? {
        guard depth < Self.maximumDepth else { return nil }
        skipWhiteSpace()
        switch peek {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return string().map(JSONValue.string)
        case UInt8(ascii: "t"): return word("true") ? .boolean(true) : nil
        case UInt8(ascii: "f"): return word("false") ? .boolean(false) : nil
        case UInt8(ascii: "n"): return word("null") ? .null : nil
        default: return number()
        }
    }

    private mutating func object(depth: Int) -> JSONValue? {
        place += 1
        var members: [String: JSONValue] = [:]
        skipWhiteSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipWhiteSpace()
            guard let name = string(), members[name] == nil else { return nil }
            skipWhiteSpace()
            guard take(UInt8(ascii: ":")), let value = value(depth: depth + 1) else { return nil }
            members[name] = value
            skipWhiteSpace()
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}")) ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> JSONValue? {
        place += 1
        var values: [JSONValue] = []
        skipWhiteSpace()
        if take(UInt8(ascii: "]")) { return .array(values) }
        repeat {
            guard let value = value(depth: depth + 1) else { return nil }
            values.append(value)
            skipWhiteSpace()
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]")) ? .array(values) : nil
    }

    /// RFC 8259 §7.
    private mutating func string() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var text: [UInt8] = []
        while let octet = next() {
            switch octet {
            case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = escape() else { return nil }
                text += escaped
            case 0..<0x20: return nil
            default: text.append(octet)
            }
        }
        return nil
    }

    private mutating func escape() -> [UInt8]? {
        guard let octet = next() else { return nil }
        switch octet {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [octet]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"): return escapedScalar().map { Array(String($0).utf8) }
        default: return nil
        }
    }

    /// What follows `\u`: four hexadecimal digits, twice for what lies beyond the basic plane.
    private mutating func escapedScalar() -> Unicode.Scalar? {
        guard let unit = escapedUnit() else { return nil }
        guard (0xd800..<0xdc00).contains(unit) else { return Unicode.Scalar(unit) }
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let low = escapedUnit(),
            (0xdc00..<0xe000).contains(low)
        else { return nil }
        return Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
    }

    private mutating func escapedUnit() -> UInt32? {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = next().flatMap(hexDigit) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// RFC 8259 §6. Nil for what no `Double` can hold.
    private mutating func number() -> JSONValue? {
        let start = place
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) {
            guard digits() else { return nil }
        }
        if take(UInt8(ascii: ".")) {
            guard digits() else { return nil }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
            guard digits() else { return nil }
        }
        let text = String(decoding: octets[start..<place], as: UTF8.self)
        guard let number = Double(text), number.isFinite else { return nil }
        return .number(number)
    }

    /// One digit at least.
    private mutating func digits() -> Bool {
        let start = place
        while let octet = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) { place += 1 }
        return place > start
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let end = place + word.utf8CodeUnitCount
        guard end <= octets.count, octets[place..<end].elementsEqual(word.description.utf8) else { return false }
        place = end
        return true
    }

    private mutating func skipWhiteSpace() {
        while let octet = peek, [0x20, 0x09, 0x0a, 0x0d].contains(octet) { place += 1 }
    }

    private var peek: UInt8? { place < octets.count ? octets[place] : nil }

    private mutating func next() -> UInt8? {
        guard let octet = peek else { return nil }
        place += 1
        return octet
    }

    private mutating func take(_ octet: UInt8) -> Bool {
        guard peek == octet else { return false }
        place += 1
        return true
    }
}
