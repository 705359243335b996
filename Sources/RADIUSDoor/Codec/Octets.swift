/// Octets lent by whoever read them: valid only until the call they were passed to returns.
typealias Octets = UnsafeRawBufferPointer

extension Octets {
    func octets(from start: Int, to end: Int) -> Octets { Octets(rebasing: self[start..<end]) }

    /// Sixteen bits in network order at `place`, which must be inside.
    func number(at place: Int) -> Int { Int(self[place]) << 8 | Int(self[place + 1]) }

    /// As text: UTF-8 (RFC 2865 §5), else Latin-1, which old boxes send.
    var text: String {
        String(validating: self, as: UTF8.self) ?? String(String.UnicodeScalarView(map { Unicode.Scalar($0) }))
    }

    /// Without the NULs at the end.
    var withoutTrailingNULs: Octets {
        var end = count
        while end > 0, self[end - 1] == 0 { end -= 1 }
        return octets(from: 0, to: end)
    }
}
