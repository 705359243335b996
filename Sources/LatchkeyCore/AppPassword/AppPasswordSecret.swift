/// A well-formed app password: its check holds and it is in its one normal form, ready to be hashed.
///
/// Typing is forgiven: case, blanks and every kind of dash are ignored in the letter formats. Nothing is forgiven in a token.
public struct AppPasswordSecret: Sendable {
    public let format: SecretFormat
    /// Letters without dashes, or the token as it stands.
    public let normalised: Secret

    /// More than any form of an app password, typed with a blank after every letter.
    public static let maximumInputLength = 128

    /// What some input turned out to be.
    public enum Reading: Sendable {
        case appPassword(AppPasswordSecret)
        /// Of the shape of an app password, but its check fails or a letter is missing or doubled.
        case mistyped
        /// Nothing that Latchkey could have issued.
        case foreign
    }

    public static func generate(_ format: SecretFormat, using rng: inout some RandomNumberGenerator)
        -> AppPasswordSecret
    {
        var text: [UInt8]
        if let letters = format.letters {
            var values = (1..<letters).map { _ in UInt8.random(in: 0..<26, using: &rng) }
            values.append(CheckLetter.compute(over: values))
            text = values.map { $0 + UInt8(ascii: "a") }
        } else {
            text = (0..<Token.randomLength).map { _ in Base62.digits[Int.random(in: 0..<62, using: &rng)] }
            text = Token.prefix + text + Token.checksum(of: text)
        }
        return AppPasswordSecret(format: format, normalised: Secret(text))
    }

    public static func read(_ input: Secret) -> Reading {
        input.withBytes { bytes in
            guard bytes.count <= maximumInputLength else { return .foreign }
            if bytes.starts(with: Token.prefix) { return Token.read(bytes) }
            return readLetters(bytes)
        }
    }

    /// The form shown to its owner, once: `kdwqz-mhrtv-bnxpl-gcfsj-yaoeu`, or the token.
    public var display: Secret {
        guard let letters = format.letters else { return normalised }
        return normalised.withBytes { bytes in
            var shown: [UInt8] = []
            for place in 0..<min(letters, bytes.count) {
                if place > 0, place.isMultiple(of: format.groupLength) { shown.append(UInt8(ascii: "-")) }
                shown.append(bytes[place])
            }
            return Secret(shown)
        }
    }

    private static func readLetters(_ bytes: UnsafeRawBufferPointer) -> Reading {
        var letters: [UInt8] = []
        letters.reserveCapacity(26)
        var place = 0
        while place < bytes.count {
            let octet = bytes[place] | 0x20
            if bytes[place] < 0x80, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet) {
                letters.append(octet)
                place += 1
            } else {
                guard let length = separatorLength(bytes, at: place) else { return .foreign }
                place += length
            }
        }
        guard let format = [SecretFormat.standard, .compact].first(where: { $0.letters == letters.count }) else {
            // One letter too few or too many of the long form is a slip; around 16 it could as well be a chosen password.
            return (24...26).contains(letters.count) ? .mistyped : .foreign
        }
        guard CheckLetter.verifies(letters.map { $0 - UInt8(ascii: "a") }) else { return .mistyped }
        return .appPassword(AppPasswordSecret(format: format, normalised: Secret(letters)))
    }

    /// The octets of the blank or dash that begins at `place`, or nil: also of those that a phone's keyboard or a copied web
    /// page puts in their place (UTF-8).
    private static func separatorLength(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Int? {
        func octet(_ offset: Int) -> UInt8 { place + offset < bytes.count ? bytes[place + offset] : 0 }
        switch (octet(0), octet(1), octet(2)) {
        case (0x2d, _, _), (0x20, _, _), (0x09, _, _), (0x0d, _, _), (0x0a, _, _): return 1
        case (0xc2, 0xa0, _): return 2  // no-break space
        case (0xe2, 0x80, 0x90...0x95), (0xe2, 0x80, 0xaf), (0xe2, 0x88, 0x92): return 3  // dashes, narrow space, minus
        default: return nil
        }
    }
}

/// The `lk_` format.
private enum Token {
    static let prefix = Array("lk_".utf8)
    static let randomLength = 24
    static let checksumLength = 6

    static func read(_ bytes: UnsafeRawBufferPointer) -> AppPasswordSecret.Reading {
        // A trailing newline is what `echo secret |` adds.
        var body = bytes.dropFirst(prefix.count)
        while let last = body.last, [0x20, 0x09, 0x0a, 0x0d].contains(last) { body.removeLast() }
        guard body.count == randomLength + checksumLength, body.allSatisfy(Base62.digits.contains),
            body.suffix(checksumLength).elementsEqual(checksum(of: Array(body.prefix(randomLength))))
        else { return .mistyped }
        return .appPassword(AppPasswordSecret(format: .token, normalised: Secret(prefix + Array(body))))
    }

    /// CRC-32 (ISO/IEC 13239, reflected) of the random part as six base62 digits, most significant first.
    static func checksum(of random: [UInt8]) -> [UInt8] {
        var crc: UInt32 = .max
        for octet in random {
            crc ^= UInt32(octet)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        var value = ~crc
        var digits = [UInt8](repeating: Base62.digits[0], count: checksumLength)
        for place in digits.indices.reversed() {
            digits[place] = Base62.digits[Int(value % 62)]
            value /= 62
        }
        return digits
    }
}

private enum Base62 {
    static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
}
