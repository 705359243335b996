/// A JSON text as a value (RFC 8259).
enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Nil if `octets` are not one JSON text and nothing after it, or if an object says a name twice.
    init?(_ octets: [UInt8]) {
        var reader = JSONReader(octets)
        guard let value = reader.wholeText() else { return nil }
        self = value
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }

    var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    var object: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }
}
