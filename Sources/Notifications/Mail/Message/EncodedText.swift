import Foundation

/// Text in header fields: as it is if it is plain, else in encoded words (RFC 2047); folded, and never able to begin a line of its own.
enum EncodedText {
    /// Octets of a line (RFC 2047 §2 for encoded words; RFC 5322 §2.1.1 advises 78).
    static let maximumLine = 76
    static let maximumWord = 75
    /// Octets of a value; what is longer is cut.
    static let maximumValue = 600

    /// `name: value` with its CRLF. Control and format characters of the value are dropped, but for the isolates of our own texts.
    static func field(_ name: String, _ value: String) -> String {
        let value = printable(value)
        let isPlain = value.utf8.allSatisfy { (0x20...0x7e).contains($0) } && !value.contains("=?")
        // A word that fits on no line, and blanks that folding would move, are encoded too.
        let words = value.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
        let isFoldable = words.allSatisfy { !$0.isEmpty && $0.utf8.count < maximumLine - 1 }
        return folded(name, isPlain && isFoldable ? words : encodedWords(value))
    }

    private static func printable(_ value: String) -> String {
        var kept = String.UnicodeScalarView()
        var length = 0
        for scalar in value.unicodeScalars where length + scalar.utf8.count <= maximumValue {
            switch scalar.properties.generalCategory {
            case .format where scalar == "\u{2068}" || scalar == "\u{2069}": break
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: continue
            default: break
            }
            length += scalar.utf8.count
            kept.append(scalar)
        }
        return String(kept)
    }

    /// `name: value` for what is made of tokens already: addresses, ids, dates. Only blanks are places to fold.
    static func structured(_ name: String, _ value: String) -> String {
        folded(name, value.split(separator: " ").map { String($0) })
    }

    private static func folded(_ name: String, _ words: [String]) -> String {
        var text = name + ":"
        var column = text.utf8.count
        for (place, word) in words.enumerated() {
            if place > 0, column + 1 + word.utf8.count > maximumLine {
                text += "\r\n"
                column = 0
            }
            text += " " + word
            column += 1 + word.utf8.count
        }
        return text + "\r\n"
    }

    /// Base64, cut between characters: each word must be whole by itself (§5).
    private static func encodedWords(_ value: String) -> [String] {
        let (start, end) = ("=?utf-8?B?", "?=")
        // The first line also holds the field's name.
        let room = (maximumWord - start.utf8.count - end.utf8.count) / 4 * 3 - 15
        var words: [String] = []
        var octets: [UInt8] = []
        func close() {
            guard !octets.isEmpty else { return }
            words.append(start + Data(octets).base64EncodedString() + end)
            octets = []
        }
        for scalar in value.unicodeScalars {
            let more = Array(scalar.utf8)
            if octets.count + more.count > room { close() }
            octets += more
        }
        close()
        return words
    }
}
