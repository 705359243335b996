import Crypto

/// Time-based one-time passwords (RFC 6238) with the one set of parameters that every authenticator app knows: SHA-1, six
/// digits, steps of 30 seconds.
///
/// Pure: it is told the time, and which step was used last.
public struct TOTP: Sendable {
    /// Seconds of a time step.
    public static let period: Int64 = 30
    public static let digits = 6
    /// Octets of a secret: 160 bits (RFC 4226 §4, requirement R6).
    public static let keyLength = 20
    /// Steps before and after the present one whose codes are taken: clocks differ, and typing takes time (RFC 6238 §5.2).
    public static let tolerance: Int64 = 1

    private let key: SymmetricKey

    public init(key: some Sequence<UInt8>) {
        self.key = SymmetricKey(data: Array(key))
    }

    public static func generateKey(using rng: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<keyLength).map { _ in UInt8.random(in: .min ... .max, using: &rng) }
    }

    /// The time step of a moment, in seconds since 1970 and not before.
    public static func step(at seconds: Int64) -> Int64 { max(0, seconds) / period }

    /// What a code turned out to be.
    public enum Reading: Hashable, Sendable {
        /// The code of this step. Keep it as the last one used before anything is granted.
        case valid(step: Int64)
        /// The code of a step that was used, or that is before one that was (RFC 6238 §5.2: a code is used once).
        case used
        case wrong
    }

    /// Reads `code` at a moment in seconds since 1970. Takes the same time for every code of six digits, whether and where it fits.
    public func read(_ code: OneTimeCode, at seconds: Int64, lastStep: Int64?) -> Reading {
        let present = Self.step(at: seconds)
        var match: Int64 = -1
        for step in max(0, present - Self.tolerance)...present + Self.tolerance {
            // All ones where they are equal, else zero, without a branch.
            let difference = value(at: step) ^ code.value
            let isEqual = Int64(truncatingIfNeeded: (UInt64(difference) &- 1) >> 63) &* -1
            match = match & ~isEqual | step & isEqual
        }
        guard match >= 0 else { return .wrong }
        if let lastStep, match <= lastStep { return .used }
        return .valid(step: match)
    }

    /// The code that an app shows at a moment in seconds since 1970, all six digits.
    public func code(at seconds: Int64) -> String {
        let digits = String(value(at: Self.step(at: seconds)))
        return String(repeating: "0", count: Self.digits - digits.count) + digits
    }

    private func value(at step: Int64) -> UInt32 {
        HOTP.value(key: key, counter: step, digits: Self.digits, using: Insecure.SHA1.self)
    }
}

/// Six digits as somebody typed them; blanks and dashes between them are forgiven.
public struct OneTimeCode: Sendable {
    /// More than anybody types for six digits, in octets.
    static let maximumInputLength = 32

    let value: UInt32

    /// Nil if `text` is anything but six ASCII digits with blanks and dashes.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.maximumInputLength else { return nil }
        var value: UInt32 = 0
        var count = 0
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                count += 1
                guard count <= TOTP.digits else { return nil }
                value = value * 10 + UInt32(octet - UInt8(ascii: "0"))
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "\t"): continue
            default: return nil
            }
        }
        guard count == TOTP.digits else { return nil }
        self.value = value
    }
}
