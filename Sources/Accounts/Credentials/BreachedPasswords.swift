/// The passwords that people were found to use most, whole: what every guesser tries first (NIST SP 800-63B-4, ASVS 6.2.4). The
/// check is made here, from a list in the program: nothing about a password leaves the machine.
enum BreachedPasswords {
    /// The characters of the longest.
    static let longest = 20
    /// What one of them adds to the strength of a password it is a part of. There are some 2^13.5 of them: to guess which takes as long as
    /// three letters.
    static let worth = 3

    /// In lower case; all have `PasswordRule.minimumLength` characters or more, and are ASCII.
    static let all: Set<Substring> = {
        let text = list.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        return Set(text.split(whereSeparator: \.isWhitespace))
    }()

    /// Whether `text`, which is in lower case, is one of them.
    static func contains(_ text: String) -> Bool { all.contains(Substring(text)) }
}
