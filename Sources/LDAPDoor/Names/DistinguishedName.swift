/// A name in the directory, read from its text (RFC 4514): what it names, leaf first. How it was spelled is gone.
public struct DistinguishedName: Hashable, Sendable {
    /// Octets of a name that is read.
    static let maximumLength = 2_048
    /// Names that stand in one another.
    static let maximumParts = 32

    /// One attribute and its value, such as `ou` and `people`.
    struct Assertion: Hashable, Sendable {
        /// In lower case, and by its short name where the schema knows one.
        let type: String
        /// As it was written, without its escapes.
        let value: String

        static func == (left: Assertion, right: Assertion) -> Bool {
            left.type == right.type && left.value.foldedForMatching == right.value.foldedForMatching
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(type)
            hasher.combine(value.foldedForMatching)
        }

        static func isBefore(_ left: Assertion, _ right: Assertion) -> Bool {
            (left.type, left.value.foldedForMatching) < (right.type, right.value.foldedForMatching)
        }
    }

    /// A relative name: one assertion, seldom more, which are then in a fixed order.
    typealias Part = [Assertion]

    let parts: [Part]

    init(parts: [Part]) {
        self.parts = parts
    }

    /// Nil if it is none, is longer than 2048 octets or has more than 32 parts. Of RFC 2253 the semicolon is taken, quotes are not.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength, let parts = DNReader.read(Array(text.utf8)) else { return nil }
        self.parts = parts
    }

    /// The name of a domain: `dc=example,dc=com` for `example.com` (RFC 2247).
    public init(domain: String) {
        parts = domain.split(separator: ".").map { [Assertion(type: "dc", value: String($0))] }
    }

    /// What stands before `base`; nil if this name is not below it or the same.
    func parts(below base: DistinguishedName) -> ArraySlice<Part>? {
        parts.count >= base.parts.count && parts.suffix(base.parts.count).elementsEqual(base.parts)
            ? parts.dropLast(base.parts.count) : nil
    }
}

extension DistinguishedName: CustomStringConvertible {
    /// The text form, without blanks.
    public var description: String {
        parts.map { part in
            part.map { Self.text($0.type, $0.value) }.joined(separator: "+")
        }.joined(separator: ",")
    }

    /// `type=value`, with everything escaped that must be (RFC 4514 §2.4).
    static func text(_ type: String, _ value: String) -> String {
        var text: [UInt8] = Array("\(type)=".utf8)
        let last = value.utf8.count - 1
        for (place, octet) in value.utf8.enumerated() {
            switch octet {
            case 0: text += "\\00".utf8
            case UInt8(ascii: "\""), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "<"),
                UInt8(ascii: ">"), UInt8(ascii: "\\"):
                text += [UInt8(ascii: "\\"), octet]
            case UInt8(ascii: " ") where place == 0 || place == last: text += "\\ ".utf8
            case UInt8(ascii: "#") where place == 0: text += "\\#".utf8
            default: text.append(octet)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
