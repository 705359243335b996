import Keyring
import LatchkeyCore

/// What a portal password must be: eight characters that are hard to guess (NIST SP 800-63B-4). No rules about digits or symbols, as
/// they only make passwords harder to remember.
///
/// A common word, a word about the person and the rest of a run like `1234` or `aaaa` count as next to nothing, a password known from
/// breaches as three: what is left must still be eight characters. So one from a breach is refused, and with a digit or a symbol added, too.
struct PasswordRule {
    /// Code points after NFC. Eight are enough because a second factor always follows: `PortalAccess` gives no signed-in session for a
    /// password alone. A password that was to stand alone would have to have fifteen.
    static let minimumLength = 8

    /// About the person, in lower case.
    let ownWords: [String]
    private let words: Set<String>
    private let longestWord: Int

    /// `context` holds the texts that somebody who guesses would begin with: login name, full name.
    init(context: [String]) {
        ownWords = context.flatMap { text in
            text.lowercased().split { !$0.isLetter && !$0.isNumber }.map { String($0) } + [text.lowercased()]
        }.filter { $0.unicodeScalars.count >= 3 }
        words = GuessableWords.words.union(ownWords).union(["latchkey"])
        longestWord = words.reduce(0) { max($0, $1.unicodeScalars.count) }
    }

    /// Throws `InvalidInput` for the field `password`, saying what to do.
    func check(_ password: Secret) throws(InvalidInput) {
        guard password.count <= PasswordHasher.maximumInputLength else {
            throw refusal("Use at most \(PasswordHasher.maximumInputLength) characters.")
        }
        guard let text = password.composed.reveal() else { throw refusal("Use letters, digits, blanks and symbols.") }
        guard text.unicodeScalars.count >= Self.minimumLength else {
            throw refusal("Use at least \(Self.minimumLength) characters; a few words in a row are easy to remember.")
        }
        let plain = text.lowercased()
        guard strength(of: plain) >= Self.minimumLength, strength(of: Self.unmasked(plain)) >= Self.minimumLength else {
            throw refusal(
                "This is easy to guess: add two or three words that have nothing to do with you or with each other.")
        }
    }

    private func refusal(_ text: String) -> InvalidInput { InvalidInput(field: "password", text: text) }

    /// The fewest characters it comes to, when each word counts as one and the rest of a run as none.
    private func strength(of text: String) -> Int {
        let scalars = Array(text.unicodeScalars)
        var fewest = [0]
        for end in 1..<scalars.count + 1 {
            var best = fewest[end - 1] + (Self.continuesRun(scalars, at: end - 1) ? 0 : 1)
            for length in stride(from: 3, through: min(end, max(longestWord, BreachedPasswords.longest)), by: 1) {
                let word = String(String.UnicodeScalarView(scalars[(end - length)..<end]))
                if words.contains(word) {
                    best = min(best, fewest[end - length] + 1)
                } else if length >= Self.minimumLength, BreachedPasswords.contains(word) {
                    best = min(best, fewest[end - length] + BreachedPasswords.worth)
                }
            }
            fewest.append(best)
        }
        return fewest[scalars.count]
    }

    /// Whether it goes on as the two before it do: `aaa`, `abc`, `321`.
    private static func continuesRun(_ scalars: [Unicode.Scalar], at place: Int) -> Bool {
        guard place >= 2 else { return false }
        let values = scalars[(place - 2)...place].map { Int($0.value) }
        let step = values[2] - values[1]
        return abs(step) <= 1 && step == values[1] - values[0]
    }

    /// With the usual masks taken off: `p@ssw0rd` is `password`.
    private static func unmasked(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text.unicodeScalars.map { masks[$0] ?? $0 })
        return String(scalars)
    }

    private static let masks: [Unicode.Scalar: Unicode.Scalar] = [
        "@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t",
    ]
}
