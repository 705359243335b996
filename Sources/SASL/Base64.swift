#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Base64 (RFC 4648 §4) as SASL profiles use it: padded, without line breaks, one text per value.
public enum Base64 {
    /// Decodes `text` and lends the octets to `body`, then wipes them; they must not escape it. Nil if `text` is not
    /// base64: other characters, missing padding, or bits set that no encoder sets.
    public static func withDecoded<R>(
        _ text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> R
    ) -> R? {
        guard text.count.isMultiple(of: 4) else { return nil }
        guard !text.isEmpty else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        let room = text.count / 4 * 3
        return withUnsafeTemporaryAllocation(byteCount: room, alignment: 1) { octets in
            defer { if let base = octets.baseAddress { explicit_bzero(base, room) } }
            guard let count = decode(text, into: octets) else { return nil }
            return body(UnsafeRawBufferPointer(rebasing: octets[..<count]))
        }
    }

    /// `text` is not empty and whole groups of four; `octets` has room for three octets of each. Returns how many there are.
    private static func decode(_ text: UnsafeRawBufferPointer, into octets: UnsafeMutableRawBufferPointer) -> Int? {
        values.withUnsafeBytes { values in
            let last = text.count - 4
            var written = 0
            for group in stride(from: 0, to: last, by: 4) {
                let (a, b) = (values[Int(text[group])], values[Int(text[group + 1])])
                let (c, d) = (values[Int(text[group + 2])], values[Int(text[group + 3])])
                guard (a | b | c | d) < 64 else { return nil }
                octets[written] = a << 2 | b >> 4
                octets[written + 1] = b << 4 | c >> 2
                octets[written + 2] = c << 6 | d
                written += 3
            }
            let pad = UInt8(ascii: "=")
            let padding = text[last + 3] != pad ? 0 : text[last + 2] != pad ? 1 : 2
            let (a, b) = (values[Int(text[last])], values[Int(text[last + 1])])
            let c = padding < 2 ? values[Int(text[last + 2])] : 0
            let d = padding < 1 ? values[Int(text[last + 3])] : 0
            guard (a | b | c | d) < 64 else { return nil }
            // What the padding cuts off must be zero, or one value would have several texts.
            let isCanonical = padding == 0 || (padding == 1 ? c & 0x03 == 0 : b & 0x0f == 0)
            guard isCanonical else { return nil }
            octets[written] = a << 2 | b >> 4
            octets[written + 1] = b << 4 | c >> 2
            octets[written + 2] = c << 6 | d
            return written + 3 - padding
        }
    }

    public static func encode(_ octets: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((octets.count + 2) / 3 * 4)
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let value = Int(bits >> UInt32(18 - 6 * place) & 0x3f)
                text.append(place <= group.count ? alphabet[value] : UInt8(ascii: "="))
            }
        }
        return text
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The value of each octet, 255 for those outside the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
