import LatchkeyCore

/// Percent-encoding (RFC 3986 §2.1), and nothing of the forms of browsers: a plus sign is a plus sign.
enum PercentEncoding {
    /// What is no escape stays as it is.
    static func decode(_ text: some StringProtocol) -> [UInt8] {
        let octets = Array(text.utf8)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(octets.count)
        var place = 0
        while place < octets.count {
            if octets[place] == UInt8(ascii: "%"), place + 2 < octets.count,
                let high = Hex.value(of: octets[place + 1]), let low = Hex.value(of: octets[place + 2])
            {
                decoded.append(high << 4 | low)
                place += 3
            } else {
                decoded.append(octets[place])
                place += 1
            }
        }
        return decoded
    }

    static func append(_ octet: UInt8, to octets: inout [UInt8]) {
        octets.append(UInt8(ascii: "%"))
        octets.append(hexDigit(octet >> 4))
        octets.append(hexDigit(octet & 15))
    }

    /// Upper case, as RFC 3986 §2.1 wants it.
    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}

extension [UInt8] {
    /// As UTF-8. What is not UTF-8 comes from a client that knows no better and is read as ISO 8859-1; that never happens to what is.
    var asUTF8: [UInt8] {
        if String(validating: self, as: UTF8.self) != nil { return self }
        return Array(String(String.UnicodeScalarView(map { Unicode.Scalar($0) })).utf8)
    }
}
