/// A text that must not be printed: a client secret, a code, a token, a nonce.
///
/// Its description is `•••`, also through `dump`, `String(reflecting:)` and interpolation, and it is compared in constant time. It is
/// not wiped: what it came from, a file's or an answer's text, is not either. Encoding it writes the text itself, so what is
/// encoded belongs into a sealed place.
public struct Confidential: Sendable, Codable {
    /// The text, for the one place that sends it.
    public let revealed: String

    public init(_ text: String) {
        revealed = text
    }

    public init(from decoder: any Decoder) throws {
        revealed = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(revealed)
    }
}

extension Confidential: Hashable {
    public static func == (left: Confidential, right: Confidential) -> Bool {
        left.revealed.isSameInConstantTime(as: right.revealed)
    }
}

extension Confidential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "•••" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
