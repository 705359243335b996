/// Finds YAML's anchors, aliases and tags before the parser unfolds them: a few lines of them can stand for gigabytes.
///
/// It may take a text for one that is none, which quotes settle, but never the other way about.
struct ReferenceScanner {
    private var line = 1
    /// A value or a key may begin here.
    private var isAtStart = true
    private var isInComment = false
    private var quote: Unicode.Scalar?
    private var isEscaped = false
    private var previous: Unicode.Scalar = "\n"

    /// The line, from 1, of the first `&name`, `*name` or `!tag`; nil if there is none.
    static func firstReference(in text: String) -> Int? {
        var scanner = ReferenceScanner()
        for scalar in text.unicodeScalars {
            if scanner.isReference(scalar) { return scanner.line }
        }
        return nil
    }

    private mutating func isReference(_ scalar: Unicode.Scalar) -> Bool {
        defer { previous = scalar }
        switch scalar {
        // YAML's line breaks. A quoted text that goes over several lines is read as if it ended: none of our values does.
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
            if scalar == "\n" { line += 1 }
            (isAtStart, isInComment, quote, isEscaped) = (true, false, nil, false)
        case _ where isInComment: break
        case _ where quote != nil: readQuoted(scalar)
        case "&", "*", "!":
            if isAtStart { return true }
        case "\"", "'":
            if isAtStart { quote = scalar }
            isAtStart = false
        case "#":
            isInComment = " \t\n\r".unicodeScalars.contains(previous)
            isAtStart = isAtStart && isInComment
        case "[", "{", ",", ":": isAtStart = true
        case " ", "\t", "-", "?": break
        default: isAtStart = false
        }
        return false
    }

    private mutating func readQuoted(_ scalar: Unicode.Scalar) {
        if isEscaped {
            isEscaped = false
        } else if quote == "\"", scalar == "\\" {
            isEscaped = true
        } else if quote == scalar {
            quote = nil
        }
    }
}
