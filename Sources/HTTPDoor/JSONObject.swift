/// A JSON object of texts and lists of texts, in the order they were given (RFC 8259): all that this door ever says in JSON.
struct JSONObject {
    enum Value: ExpressibleByStringLiteral {
        case text(String)
        case list([String])

        init(stringLiteral text: StaticString) { self = .text(text.description) }
    }

    private(set) var octets: [UInt8]

    init(_ members: KeyValuePairs<StaticString, Value>) {
        octets = [UInt8(ascii: "{")]
        for (name, value) in members {
            if octets.count > 1 { octets.append(UInt8(ascii: ",")) }
            append(name.description)
            octets.append(UInt8(ascii: ":"))
            switch value {
            case .text(let text): append(text)
            case .list(let texts): append(texts)
            }
        }
        octets.append(UInt8(ascii: "}"))
    }

    private mutating func append(_ texts: [String]) {
        octets.append(UInt8(ascii: "["))
        for (place, text) in texts.enumerated() {
            if place > 0 { octets.append(UInt8(ascii: ",")) }
            append(text)
        }
        octets.append(UInt8(ascii: "]"))
    }

    private mutating func append(_ text: String) {
        octets.append(UInt8(ascii: "\""))
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): octets += [UInt8(ascii: "\\"), octet]
            case 0..<0x20: octets += Array("\\u00".utf8) + [hexDigit(octet >> 4), hexDigit(octet & 15)]
            default: octets.append(octet)
            }
        }
        octets.append(UInt8(ascii: "\""))
    }

    private func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
