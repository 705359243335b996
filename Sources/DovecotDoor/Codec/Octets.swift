#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Octets lent by whoever read them: valid only until the call they were passed to returns. The codec makes no copies;
/// what outlives a line is copied by the session.
typealias Octets = UnsafeRawBufferPointer

extension UnsafeRawBufferPointer {
    /// The place of the first `octet`, from `start` on.
    func firstPlace(of octet: UInt8, from start: Int) -> Int? {
        guard start < count, let base = baseAddress, let found = memchr(base + start, CInt(octet), count - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }

    func octets(from start: Int, to end: Int) -> Octets { Octets(rebasing: self[start..<end]) }

    func starts(with prefix: StaticString) -> Bool {
        guard count >= prefix.utf8CodeUnitCount, let base = baseAddress else { return false }
        return memcmp(base, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0
    }

    static func == (octets: Octets, text: StaticString) -> Bool {
        octets.count == text.utf8CodeUnitCount && octets.starts(with: text)
    }

    /// What follows `prefix`, nil if it begins otherwise.
    func value(after prefix: StaticString) -> Octets? {
        starts(with: prefix) ? octets(from: prefix.utf8CodeUnitCount, to: count) : nil
    }

    /// A number of at most ten digits that fits 32 bits, without sign; nil for anything else.
    var number: UInt32? {
        guard (1...10).contains(count) else { return nil }
        var number: UInt64 = 0
        for octet in self {
            guard (0x30...0x39).contains(octet) else { return nil }
            number = number * 10 + UInt64(octet - 0x30)
        }
        return UInt32(exactly: number)
    }
}
