import Keyring
import LatchkeyCore

/// A one-time code for a mailbox: eight digits, `4821 7730`, 26.6 random bits. Two more than an authenticator app shows, for it lives twenty
/// times as long.
struct MailedCode {
    static let length = 8
    /// More than anybody types for eight digits, in octets.
    private static let maximumInputLength = 32

    private let digits: Secret

    static func generate(using rng: inout some RandomNumberGenerator) -> MailedCode {
        MailedCode(digits: Secret((0..<length).map { _ in UInt8.random(in: 0x30...0x39, using: &rng) }))
    }

    private init(digits: Secret) {
        self.digits = digits
    }

    /// Reads what somebody typed; nil if it is anything but eight ASCII digits with blanks and dashes.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumInputLength else { return nil }
        var digits: [UInt8] = []
        for scalar in text.unicodeScalars where !scalar.properties.isWhitespace && scalar != "-" {
            guard let digit = UInt8(exactly: scalar.value), (0x30...0x39).contains(digit) else { return nil }
            digits.append(digit)
        }
        guard digits.count == Self.length else { return nil }
        self.init(digits: Secret(digits))
    }

    /// The form in the mail, in two groups.
    var display: Secret {
        digits.withBytes { Secret(Array($0.prefix(4)) + [UInt8(ascii: " ")] + Array($0.dropFirst(4))) }
    }

    /// What it is stored as, first, and may have been stored as under older master keys. It counts in one session alone: what somebody is talked
    /// into reading out is of no use in another browser.
    func tags(in session: Identifier<Session>, _ keyring: Keyring) -> [[UInt8]] {
        keyring.fingerprints(of: digits, context: "mailed-code:\(session)")
    }
}
