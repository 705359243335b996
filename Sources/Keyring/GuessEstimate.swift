import CZxcvbn
public import LatchkeyCore

/// How many guesses a password stands, as zxcvbn counts them: by words, names, dates, patterns of the keyboard and runs, in the order in
/// which somebody would try who knows how people choose.
public struct GuessEstimate: Hashable, Sendable {
    /// Octets of a password that are looked at: the time grows faster than the length. What follows can only make it better.
    public static let maximumLength = 100
    /// Guesses a second, where somebody has stolen the database and guesses at leisure: some machines with fast graphics cards against
    /// Argon2id. At the portal itself it is a handful an hour.
    public static let guessesPerSecond = 10_000.0

    /// The binary logarithm of the guesses.
    public let bits: Double

    public init(bits: Double) {
        self.bits = bits
    }

    /// Seconds until it is guessed, on average half the guesses.
    public var seconds: Double {
        // Beyond this every length of time has the same name.
        let bits = min(max(bits, 0), 200)
        var guesses = 1.0
        for _ in 0..<Int(bits) { guesses *= 2 }
        guesses *= 1 + bits - bits.rounded(.down)
        return guesses / 2 / Self.guessesPerSecond
    }

    /// `words` are those that somebody who guesses would begin with: the login name, the full name. Takes up to 5 ms.
    init(of password: Secret, words: [String]) {
        var text = password.composed.withBytes { bytes in
            bytes.prefix(Self.maximumLength).map { CChar(bitPattern: $0) } + [0]
        }
        defer { for place in text.indices { text[place] = 0 } }
        var dictionary: [CChar] = []
        var places: [Int] = []
        for word in words {
            places.append(dictionary.count)
            dictionary += word.lowercased().utf8.map { CChar(bitPattern: $0) } + [0]
        }
        bits = dictionary.withUnsafeBufferPointer { dictionary in
            var starts = places.map { dictionary.baseAddress?.advanced(by: $0) } + [nil]
            return ZxcvbnMatch(text, &starts, nil)
        }
    }
}

extension PasswordHasher {
    /// Estimated on a thread of its own, as it takes a moment. Throws `Busy` or `CancellationError`.
    public func estimate(_ password: Secret, words: [String]) async throws -> GuessEstimate {
        try await estimating.run { GuessEstimate(of: password, words: words) }
    }
}
