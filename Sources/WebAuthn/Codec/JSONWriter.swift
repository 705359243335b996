extension JSON {
    /// As UTF-8, without blanks. `<` is escaped, so that the text can stand in a page's script element.
    var octets: [UInt8] {
        var octets: [UInt8] = []
        write(into: &octets)
        return octets
    }

    private func write(into octets: inout [UInt8]) {
        switch self {
        case .null, .number(nil): octets += "null".utf8
        case .bool(let value): octets += (value ? "true" : "false").utf8
        case .number(let value?): octets += String(value).utf8
        case .text(let text): Self.write(text, into: &octets)
        case .array(let items):
            octets.append(UInt8(ascii: "["))
            for (place, item) in items.enumerated() {
                if place > 0 { octets.append(UInt8(ascii: ",")) }
                item.write(into: &octets)
            }
            octets.append(UInt8(ascii: "]"))
        case .object(let members):
            octets.append(UInt8(ascii: "{"))
            for (place, member) in members.enumerated() {
                if place > 0 { octets.append(UInt8(ascii: ",")) }
                Self.write(member.name, into: &octets)
                octets.append(UInt8(ascii: ":"))
                member.value.write(into: &octets)
            }
            octets.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, into octets: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        octets.append(UInt8(ascii: "\""))
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): octets += [UInt8(ascii: "\\"), octet]
            case 0..<0x20, UInt8(ascii: "<"):
                octets += "\\u00".utf8
                octets += [digits[Int(octet >> 4)], digits[Int(octet & 15)]]
            default: octets.append(octet)
            }
        }
        octets.append(UInt8(ascii: "\""))
    }
}
