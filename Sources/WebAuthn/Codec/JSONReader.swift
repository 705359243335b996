/// Why octets are not the JSON that a browser writes.
public enum JSONError: String, Error, Hashable, Sendable, CustomStringConvertible {
    case tooLong = "it is too long"
    case syntax = "it is not JSON"
    case invalidText = "a text is not UTF-8, or an escape stands for no character"
    case duplicateName = "a name is there twice"
    case tooDeep = "it is nested too deeply"
    case tooManyItems = "an array or an object has too many items"

    public var description: String { rawValue }
}

/// Reads JSON strictly: one value and blanks around it, no name twice in an object, no byte order mark. Whatever the octets are, it
/// throws and does not trap.
struct JSONReader {
    /// Arrays and objects within each other.
    static let maximumDepth = 8
    /// Items of one array, members of one object.
    static let maximumCount = 64

    private var rest: ArraySlice<UInt8>

    /// `limit` is in octets.
    static func value(_ octets: [UInt8], limit: Int) throws(JSONError) -> JSON {
        guard octets.count <= limit else { throw .tooLong }
        var reader = JSONReader(rest: octets[...])
        reader.skipBlanks()
        let value = try reader.value(within: 0)
        reader.skipBlanks()
        guard reader.rest.isEmpty else { throw .syntax }
        return value
    }

    private mutating func value(within depth: Int) throws(JSONError) -> JSON {
        switch rest.first {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        guard depth <= Self.maximumDepth else { throw .tooDeep }
        rest.removeFirst()
        var members: [JSON.Member] = []
        skipBlanks()
        guard !skip("}") else { return .object(members) }
        repeat {
            guard members.count < Self.maximumCount else { throw .tooManyItems }
            skipBlanks()
            let name = try text()
            guard !members.contains(where: { $0.name.isSame(as: name) }) else { throw .duplicateName }
            skipBlanks()
            try expect(":")
            skipBlanks()
            members.append(JSON.Member(name, try value(within: depth)))
            skipBlanks()
        } while skip(",")
        try expect("}")
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        guard depth <= Self.maximumDepth else { throw .tooDeep }
        rest.removeFirst()
        var items: [JSON] = []
        skipBlanks()
        guard !skip("]") else { return .array(items) }
        repeat {
            guard items.count < Self.maximumCount else { throw .tooManyItems }
            skipBlanks()
            items.append(try value(within: depth))
            skipBlanks()
        } while skip(",")
        try expect("]")
        return .array(items)
    }

    private mutating func text() throws(JSONError) -> String {
        try expect("\"")
        var octets: [UInt8] = []
        while let octet = rest.popFirst() {
            switch octet {
            case UInt8(ascii: "\""):
                guard let text = String(validating: octets, as: UTF8.self) else { throw .invalidText }
                return text
            case UInt8(ascii: "\\"): octets += Character(try escaped()).utf8
            case 0..<0x20: throw .syntax
            default: octets.append(octet)
            }
        }
        throw .syntax
    }

    /// What follows a backslash. Half of a surrogate pair alone stands for no character.
    private mutating func escaped() throws(JSONError) -> Unicode.Scalar {
        switch rest.popFirst() {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try codeUnit()
            if let scalar = Unicode.Scalar(first) { return scalar }
            guard first < 0xdc00, skip("\\"), skip("u") else { throw .invalidText }
            let second = try codeUnit()
            guard (0xdc00..<0xe000).contains(second),
                let scalar = Unicode.Scalar(0x1_0000 + (UInt32(first - 0xd800) << 10 | UInt32(second - 0xdc00)))
            else { throw .invalidText }
            return scalar
        default: throw .syntax
        }
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        guard rest.count >= 4 else { throw .syntax }
        var unit: UInt16 = 0
        for digit in rest.prefix(4) {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { throw .syntax }
            unit = unit << 4 | UInt16(value)
        }
        rest = rest.dropFirst(4)
        return unit
    }

    /// The grammar of RFC 8259 §6; nil for one that is not whole or does not fit.
    private mutating func number() throws(JSONError) -> Int? {
        let start = rest
        _ = skip("-")
        if !skip("0") {
            guard skipDigits() else { throw .syntax }
        }
        var isWhole = true
        if skip(".") {
            isWhole = false
            guard skipDigits() else { throw .syntax }
        }
        if skip("e") || skip("E") {
            isWhole = false
            _ = skip("+") || skip("-")
            guard skipDigits() else { throw .syntax }
        }
        return isWhole ? Int(String(decoding: start.prefix(start.count - rest.count), as: UTF8.self)) : nil
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        guard rest.starts(with: word.description.utf8) else { throw .syntax }
        rest = rest.dropFirst(word.utf8CodeUnitCount)
        return value
    }

    private mutating func skipDigits() -> Bool {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest.dropFirst(digits.count)
        return !digits.isEmpty
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
        guard skip(character) else { throw .syntax }
    }
}
