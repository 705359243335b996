/// `application/x-www-form-urlencoded`, as OAuth writes queries and bodies (RFC 6749 Appendix B).
enum FormEncoding {
    /// A blank is `%20`, which every reader takes, in queries as in bodies.
    static func encode(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    }

    /// Everything but the unreserved characters of RFC 3986 §2.3.
    static func escape(_ text: String) -> String {
        let hexadecimal = Array("0123456789ABCDEF".utf8)
        var escaped: [UInt8] = []
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.append(octet)
            default:
                escaped += [UInt8(ascii: "%"), hexadecimal[Int(octet >> 4)], hexadecimal[Int(octet & 15)]]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// The fields of a query or body in their order; nil if an escape is broken or what it says is not UTF-8.
    static func decode(_ text: String) -> [(name: String, value: String)]? {
        var fields: [(name: String, value: String)] = []
        for field in text.utf8.split(separator: UInt8(ascii: "&")) {
            let border = field.firstIndex(of: UInt8(ascii: "=")) ?? field.endIndex
            guard let name = unescape(field[..<border]), let value = unescape(field[border...].dropFirst()) else {
                return nil
            }
            fields.append((name, value))
        }
        return fields
    }

    private static func unescape(_ text: Substring.UTF8View) -> String? {
        var octets: [UInt8] = []
        var rest = text[...]
        while let octet = rest.popFirst() {
            switch octet {
            case UInt8(ascii: "+"): octets.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                    return nil
                }
                octets.append(high << 4 | low)
            default: octets.append(octet)
            }
        }
        return String(validating: octets, as: UTF8.self)
    }
}

/// The value of a hexadecimal digit of either case.
func hexDigit(_ octet: UInt8) -> UInt8? {
    switch octet {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): octet - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): octet - UInt8(ascii: "A") + 10
    default: nil
    }
}
