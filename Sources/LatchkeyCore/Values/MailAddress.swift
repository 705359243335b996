/// A mailbox to send mail to or from: `alice@example.com` (RFC 5321 §4.1.2 with RFC 6531 §3.3).
///
/// Deliberate departures: no quoted local part and no address literal, which nobody has; so no octet of it means anything to a
/// command or a header that it stands in.
public struct MailAddress: Hashable, Sendable, CustomStringConvertible {
    /// RFC 5321 §4.5.3.1.3: a path of 256 octets with its brackets.
    public static let maximumLength = 254
    static let maximumLocalPart = 64

    public let text: String

    public init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isDotted(parts[0], Self.isAtomText), parts[0].utf8.count <= Self.maximumLocalPart,
            Self.isDotted(parts[1], Self.isLabelText), parts[1].split(separator: ".").allSatisfy(Self.isLabel)
        else { return nil }
        self.text = text
    }

    public var description: String { text }

    /// Whether it takes SMTPUTF8 (RFC 6531) to send to it.
    public var isInternational: Bool { !text.utf8.allSatisfy { $0 < 0x80 } }

    public var domain: String { String(text[text.index(after: text.lastIndex(of: "@") ?? text.startIndex)...]) }

    /// Parts with a dot between, none empty.
    private static func isDotted(_ text: Substring, _ isPart: (Unicode.Scalar) -> Bool) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0.unicodeScalars.allSatisfy(isPart) }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        label.utf8.count <= 63 && !label.hasPrefix("-") && !label.hasSuffix("-")
    }

    /// RFC 5322 §3.2.3, and letters beyond ASCII.
    private static func isAtomText(_ scalar: Unicode.Scalar) -> Bool {
        isLabelText(scalar) || "!#$%&'*+/=?^_`{|}~".unicodeScalars.contains(scalar)
    }

    private static func isLabelText(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-" }
        return switch scalar.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .decimalNumber, .nonspacingMark,
            .spacingMark:
            true
        default: false
        }
    }
}

extension LoginName {
    /// How the accounts are called that `latchkey doctor` makes to try the doors, and takes away again. Nobody is told of them.
    public static let trialPrefix = "latchkey-doctor-"

    public var isOfTrial: Bool { text.hasPrefix(Self.trialPrefix) }

    /// Where whoever has it gets mail; nil if it is no address.
    public var mailAddress: MailAddress? { isOfTrial ? nil : MailAddress(text) }
}
