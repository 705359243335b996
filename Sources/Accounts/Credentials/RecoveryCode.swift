import Keyring
import LatchkeyCore

/// A code for the day the phone is lost: twelve letters in three groups, `kdwq-mhrt-vbnx`, 55.0 random bits. Letters only, and
/// neither `i` nor `l`, as it will be copied from paper.
struct RecoveryCode {
    /// How many are made at once.
    static let count = 10
    static let length = 12
    private static let groupLength = 4
    private static let letters = Array("abcdefghjkmnopqrstuvwxyz".utf8)
    /// More than anybody types for one code, in octets.
    private static let maximumInputLength = 64

    /// Twelve lower-case letters.
    private let normalised: Secret

    private init(_ letters: [UInt8]) {
        normalised = Secret(letters)
    }

    static func generate(using rng: inout some RandomNumberGenerator) -> RecoveryCode {
        RecoveryCode((0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &rng)] })
    }

    /// Reads what somebody typed: case, blanks and dashes are ignored. Nil if no code looks like it.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumInputLength else { return nil }
        var letters: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace || scalar.properties.generalCategory == .dashPunctuation { continue }
            guard scalar.isASCII, let letter = UInt8(exactly: scalar.value | 0x20), Self.letters.contains(letter) else {
                return nil
            }
            letters.append(letter)
        }
        guard letters.count == Self.length else { return nil }
        self.init(letters)
    }

    /// The form shown to its owner, once.
    var display: Secret {
        normalised.withBytes { letters in
            var shown: [UInt8] = []
            for (place, letter) in letters.enumerated() {
                if place > 0, place.isMultiple(of: Self.groupLength) { shown.append(UInt8(ascii: "-")) }
                shown.append(letter)
            }
            return Secret(shown)
        }
    }

    /// What it is stored as, first, and may have been stored as under older master keys.
    func tags(of account: AccountID, _ keyring: Keyring) -> [[UInt8]] {
        keyring.fingerprints(of: normalised, context: "recovery-code:\(account)")
    }
}
