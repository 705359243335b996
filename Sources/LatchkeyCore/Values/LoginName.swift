@_spi(_Unicode) import Swift

/// The name a person or device signs in with, folded so that every spelling of it is one value.
///
/// PRECIS UsernameCaseMapped (RFC 8265 §3.3): full-width forms become ASCII, letters lower case, the whole NFC; then
/// letters, digits and printable ASCII remain (RFC 8264 §4.2), and nothing that would break a line, a field or a log.
/// Deliberate departures: the Bidi rule is not applied, and of the characters with a compatibility mapping
/// only the full-width ASCII forms are known; every other one that is a letter passes as itself.
public struct LoginName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// RFC 5321 §4.5.3.1: 64 octets of local part, `@`, 255 of domain.
    public static let maximumLength = 320

    public let text: String

    /// Nil if `raw` is empty, longer than 320 octets after folding, or holds a character no login name may have.
    public init?(_ raw: String) {
        guard (1...Self.maximumLength).contains(raw.utf8.count) else { return nil }
        var spelling = ASCIISpelling()
        for octet in raw.utf8 { spelling.look(at: octet) }
        switch spelling.kind {
        case .folded: self.init(folded: raw)
        case .unfolded: self.init(folded: raw.lowercased())
        case .unprintable: return nil
        case .unicode: self.init(unicode: raw)
        }
    }

    private init(folded: String) {
        text = folded
    }

    /// Tells in one pass how much work a name is: nearly all are plain ASCII in lower case already.
    private struct ASCIISpelling {
        enum Kind: Int { case folded, unfolded, unprintable, unicode }

        private(set) var kind = Kind.folded

        mutating func look(at octet: UInt8) {
            let found: Kind =
                switch octet {
                case 0x41...0x5a: .unfolded
                case 0x21...0x7e: .folded
                case 0x80...0xff: .unicode
                default: .unprintable
                }
            if found.rawValue > kind.rawValue { kind = found }
        }
    }

    private init?(unicode raw: String) {
        var mapped = String.UnicodeScalarView()
        for scalar in raw.unicodeScalars {
            let narrow = (0xff01...0xff5e).contains(scalar.value) ? Unicode.Scalar(scalar.value - 0xfee0) : scalar
            mapped.append(contentsOf: (narrow ?? scalar).properties.lowercaseMapping.unicodeScalars)
        }
        var composed = String.UnicodeScalarView()
        for scalar in String(mapped)._nfc {
            guard Self.allows(scalar) else { return nil }
            composed.append(scalar)
        }
        text = String(composed)
        guard text.utf8.count <= Self.maximumLength else { return nil }
    }

    private static func allows(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x21...0x7e).contains(scalar.value) }
        if scalar.properties.isDefaultIgnorableCodePoint { return false }
        return switch scalar.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .decimalNumber, .nonspacingMark,
            .spacingMark:
            true
        default: false
        }
    }

    public var description: String { text }

    public static func < (left: LoginName, right: LoginName) -> Bool { left.text < right.text }

    /// This name with `@domain` added where it has none.
    public func qualified(with domain: String?) -> LoginName {
        guard let domain, !text.utf8.contains(UInt8(ascii: "@")) else { return self }
        return LoginName(text + "@" + domain) ?? self
    }
}
