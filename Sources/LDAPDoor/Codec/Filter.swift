/// A search filter as it was asked (RFC 4511 §4.5.1.7): names and values are text and octets, and mean nothing yet.
indirect enum Filter: Equatable, Sendable {
    /// Of none: true (RFC 4526).
    case and([Filter])
    /// Of none: false (RFC 4526).
    case or([Filter])
    case not(Filter)
    /// Also for an approximate match, which may be the same (RFC 4511 §4.5.1.7.6).
    case equal(String, [UInt8])
    case substrings(String, Substrings)
    case atLeast(String, [UInt8])
    case atMost(String, [UInt8])
    case present(String)
    case extensible(Extensible)

    /// `initial*any*any*final`, at least one of them.
    struct Substrings: Equatable, Sendable {
        var initial: [UInt8]?
        var any: [[UInt8]] = []
        var final: [UInt8]?
    }

    /// `attribute:dn:rule:=value`.
    struct Extensible: Equatable, Sendable {
        var rule: String?
        var attribute: String?
        var value: [UInt8]
        var matchesDN = false
    }

    /// How deep filters may stand in one another: a reader without a limit can be made to use up its stack (CVE-2020-12243).
    static let maximumDepth = 32
    /// Filters in one request, counting those that hold others and the parts of substrings.
    static let maximumItems = 512
}

// MARK: - Reading

extension Filter {
    private typealias Unreadable = SearchRequest.Unreadable

    /// Reads the next element of `reader`.
    init(_ reader: inout BERReader) throws {
        var items = 0
        self = try Self.read(&reader, depth: 1, &items)
    }

    private static func read(_ reader: inout BERReader, depth: Int, _ items: inout Int) throws -> Filter {
        try count(&items)
        guard depth <= maximumDepth else { throw Unreadable.beyondLimits }
        let element = try reader.readElement()
        var content = BERReader(element.content)
        switch element.tag {
        case BERTag.constructed(0): return .and(try list(&content, depth, &items))
        case BERTag.constructed(1): return .or(try list(&content, depth, &items))
        case BERTag.constructed(2): return .not(try read(&content, depth: depth + 1, &items))
        case BERTag.constructed(3), BERTag.constructed(8):
            return .equal(try content.readText(), Array(try content.read(BERTag.octetString)))
        case BERTag.constructed(4):
            return .substrings(try content.readText(), try substrings(&content, &items))
        case BERTag.constructed(5):
            return .atLeast(try content.readText(), Array(try content.read(BERTag.octetString)))
        case BERTag.constructed(6):
            return .atMost(try content.readText(), Array(try content.read(BERTag.octetString)))
        case BERTag.context(7): return .present(String(decoding: element.content, as: UTF8.self))
        case BERTag.constructed(9): return .extensible(try extensible(&content))
        default: throw Unreadable.malformed
        }
    }

    private static func count(_ items: inout Int) throws {
        items += 1
        guard items <= maximumItems else { throw Unreadable.beyondLimits }
    }

    private static func list(_ reader: inout BERReader, _ depth: Int, _ items: inout Int) throws -> [Filter] {
        var filters: [Filter] = []
        while !reader.isAtEnd { filters.append(try read(&reader, depth: depth + 1, &items)) }
        return filters
    }

    private static func substrings(_ reader: inout BERReader, _ items: inout Int) throws -> Substrings {
        var parts = BERReader(try reader.read(BERTag.sequence))
        guard !parts.isAtEnd else { throw Unreadable.malformed }
        var found = Substrings()
        while !parts.isAtEnd {
            try count(&items)
            let part = try parts.readElement()
            let text = Array(part.content)
            // The first may be the initial one, the last the final one.
            guard found.final == nil else { throw Unreadable.malformed }
            switch part.tag {
            case BERTag.context(0):
                guard found.initial == nil, found.any.isEmpty else { throw Unreadable.malformed }
                found.initial = text
            case BERTag.context(1): found.any.append(text)
            case BERTag.context(2): found.final = text
            default: throw Unreadable.malformed
            }
        }
        return found
    }

    private static func extensible(_ reader: inout BERReader) throws -> Extensible {
        let rule = try reader.readIfPresent(BERTag.context(1)).map { String(decoding: $0, as: UTF8.self) }
        let attribute = try reader.readIfPresent(BERTag.context(2)).map { String(decoding: $0, as: UTF8.self) }
        let value = Array(try reader.read(BERTag.context(3)))
        let matchesDN = try reader.readIfPresent(BERTag.context(4)).map { $0.count == 1 && $0[0] != 0 } ?? false
        guard rule != nil || attribute != nil else { throw Unreadable.malformed }
        return Extensible(rule: rule, attribute: attribute, value: value, matchesDN: matchesDN)
    }
}
