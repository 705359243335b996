import LatchkeyCore

/// What somebody calls one of their ways to sign in.
public enum WayName {
    /// Characters.
    public static let maximumLength = 60

    /// Without control characters. Throws `InvalidInput` for the field `name` if it is blank or too long.
    static func checked(_ name: String) throws(InvalidInput) -> String {
        let kept = Attempt.printable(name, limit: 4 * maximumLength) ?? ""
        guard !kept.allSatisfy(\.isWhitespace), kept.count <= maximumLength else {
            throw InvalidInput(field: "name", text: "Give it a name of at most \(maximumLength) characters.")
        }
        return kept
    }
}
