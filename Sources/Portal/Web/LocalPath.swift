import LatchkeyCore

/// A path of the portal's own, safe to lead a browser to: nothing that a link from outside puts there can lead away.
struct LocalPath: Hashable, Sendable {
    static let maximumLength = 1_024

    let text: String

    /// Nil unless `text` begins with one slash and holds only visible ASCII without backslash: browsers read `//host` and
    /// `/\host` as another host, and drop tabs and line ends before they look.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.maximumLength, text.hasPrefix("/"), !text.hasPrefix("//"),
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") })
        else { return nil }
        self.text = String(text)
    }

    /// Percent-encoded to stand as the value of a query item.
    var queryValue: String { PercentEncoding.encode(text) }
}

/// Percent-encoding as HTML forms use it (URL Standard §5).
enum PercentEncoding {
    static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "/"):
                encoded.append(octet)
            default: encoded += [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// `+` is a blank; a `%` without two digits stands for itself; what is not UTF-8 becomes U+FFFD.
    static func decode(_ text: some Collection<UInt8>) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var rest = text[...]
        while let octet = rest.popFirst() {
            switch octet {
            case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = rest.prefix(2).compactMap(Hex.value)
                if digits.count == 2 {
                    decoded.append(digits[0] << 4 | digits[1])
                    rest = rest.dropFirst(2)
                } else {
                    decoded.append(octet)
                }
            default: decoded.append(octet)
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
