/// A UUID of version 7 (RFC 9562 §5.7): sorts by the time it was made. `Subject` keeps one kind of id from passing as another.
public struct Identifier<Subject>: Hashable, Sendable {
    /// The sixteen octets, as two big-endian halves.
    @usableFromInline let high: UInt64
    @usableFromInline let low: UInt64

    public init(at now: Timestamp, using rng: inout some RandomNumberGenerator) {
        let milliseconds = UInt64(clamping: now.microseconds / 1_000)
        high = milliseconds << 16 | 0x7000 | rng.next(upperBound: 0x1000)
        low = 0x8000_0000_0000_0000 | rng.next() >> 2
    }

    /// Sixteen octets as stored; nil for any other length.
    @inlinable
    public init?(octets: [UInt8]) {
        guard let id = octets.withUnsafeBytes({ Self(octets: $0) }) else { return nil }
        self = id
    }

    /// Sixteen octets as stored; nil for any other length.
    @inlinable
    public init?(octets: UnsafeRawBufferPointer) {
        guard octets.count == 16 else { return nil }
        high = UInt64(bigEndian: octets.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    /// The usual text form of 36 characters, in either case; nil for anything else.
    public init?(_ text: some StringProtocol) {
        var nibbles: [UInt8] = []
        for (place, character) in text.utf8.enumerated() {
            guard place < 36 else { return nil }
            if [8, 13, 18, 23].contains(place) {
                guard character == UInt8(ascii: "-") else { return nil }
            } else {
                guard let value = Hex.value(of: character) else { return nil }
                nibbles.append(value)
            }
        }
        guard nibbles.count == 32 else { return nil }
        self.init(octets: stride(from: 0, to: 32, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] })
    }

    /// The nil UUID (RFC 9562 §5.9), which nothing has: what is done for nobody, so that it takes the same time.
    @inlinable
    public static var nobody: Self { Self(high: 0, low: 0) }

    @usableFromInline
    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    @inlinable
    public var octets: [UInt8] { withOctets { Array($0) } }

    /// Calls `body` with the sixteen octets, without an allocation: the sign-in path binds ids this way.
    @inlinable
    public func withOctets<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let bigEndian = (high.bigEndian, low.bigEndian)
        return try withUnsafeBytes(of: bigEndian) { (bytes) throws(E) in try body(bytes) }
    }
}

extension Identifier: CustomStringConvertible {
    public var description: String {
        let digits = Hex.encode(octets)
        let parts = [(0, 8), (8, 4), (12, 4), (16, 4), (20, 12)]
        return parts.map { start, length in digits.dropFirst(start).prefix(length) }.joined(separator: "-")
    }
}

public typealias AccountID = Identifier<Account>
public typealias AppPasswordID = Identifier<AppPassword>
