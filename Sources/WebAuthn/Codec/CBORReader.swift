/// Reads CBOR item by item, as CTAP2 has authenticators write it (CTAP 2.1 §8, "Message Encoding"): definite lengths, numbers in
/// their shortest form, no key twice. The order of keys is left open, as browsers repack attestation objects in orders of
/// their own. Whatever the octets are, it throws and does not trap, and takes no more memory than they do.
struct CBORReader {
    /// Octets. An attestation object with a chain of certificates takes 2 to 6 thousand.
    static let maximumLength = 32_768
    /// Arrays and maps within each other: an attestation object is a map with a map with an array of certificates, and the deepest
    /// extension output (`uvm`) a map with an array of arrays.
    static let maximumDepth = 4
    /// Items of one array, pairs of one map.
    static let maximumCount = 64

    /// What has not been read yet.
    private(set) var rest: ArraySlice<UInt8>

    init(_ octets: ArraySlice<UInt8>) throws(CBORError) {
        guard octets.count <= Self.maximumLength else { throw .tooLong }
        rest = octets
    }

    /// The one item that all of `octets` are.
    static func item(_ octets: ArraySlice<UInt8>) throws(CBORError) -> CBOR {
        var reader = try CBORReader(octets)
        let item = try reader.item()
        guard reader.rest.isEmpty else { throw .trailingOctets }
        return item
    }

    mutating func item() throws(CBORError) -> CBOR {
        try item(within: 0)
    }

    private mutating func item(within depth: Int) throws(CBORError) -> CBOR {
        guard let initial = rest.popFirst() else { throw .truncated }
        let information = initial & 0x1f
        switch initial >> 5 {
        case 0: return .integer(try number(information))
        case 1: return .integer(-1 - (try number(information)))
        case 2: return .octets(Array(try octets(information)))
        case 3:
            guard let text = String(validating: try octets(information), as: UTF8.self) else { throw .invalidText }
            return .text(text)
        case 4: return try array(information, depth: depth + 1)
        case 5: return try map(information, depth: depth + 1)
        case 6: throw .unsupportedKind
        default:
            switch information {
            case 20: return .bool(false)
            case 21: return .bool(true)
            case 22: return .null
            case 31: throw .indefiniteLength
            default: throw .unsupportedKind
            }
        }
    }

    private mutating func array(_ information: UInt8, depth: Int) throws(CBORError) -> CBOR {
        let count = try count(information, depth: depth)
        var items: [CBOR] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try item(within: depth)) }
        return .array(items)
    }

    private mutating func map(_ information: UInt8, depth: Int) throws(CBORError) -> CBOR {
        let count = try count(information, depth: depth)
        var pairs: [CBOR: CBOR] = [:]
        pairs.reserveCapacity(count)
        for _ in 0..<count {
            let key = try item(within: depth)
            switch key {
            case .integer, .text: break
            default: throw .unsupportedKey
            }
            guard pairs.updateValue(try item(within: depth), forKey: key) == nil else { throw .duplicateKey }
        }
        return .map(pairs)
    }

    /// How many items follow: checked before anything is kept for them.
    private mutating func count(_ information: UInt8, depth: Int) throws(CBORError) -> Int {
        guard depth <= Self.maximumDepth else { throw .tooDeep }
        let count = try number(information)
        guard count <= Self.maximumCount else { throw .tooManyItems }
        guard count <= rest.count else { throw .truncated }
        return Int(count)
    }

    private mutating func octets(_ information: UInt8) throws(CBORError) -> ArraySlice<UInt8> {
        let length = try number(information)
        guard length <= rest.count else { throw .truncated }
        defer { rest = rest.dropFirst(Int(length)) }
        return rest.prefix(Int(length))
    }

    /// The argument of an item (RFC 8949 §3), never negative.
    private mutating func number(_ information: UInt8) throws(CBORError) -> Int64 {
        let (width, least): (Int, UInt64)
        switch information {
        case 0..<24: return Int64(information)
        case 24: (width, least) = (1, 24)
        case 25: (width, least) = (2, 1 << 8)
        case 26: (width, least) = (4, 1 << 16)
        case 27: (width, least) = (8, 1 << 32)
        case 31: throw .indefiniteLength
        default: throw .unsupportedKind
        }
        guard rest.count >= width else { throw .truncated }
        let value = rest.prefix(width).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(width)
        guard value >= least else { throw .notShortest }
        guard let number = Int64(exactly: value) else { throw .outOfRange }
        return number
    }
}
