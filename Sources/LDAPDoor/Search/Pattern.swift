import LatchkeyCore

/// `initial*any*final`, folded.
struct Pattern: Hashable, Sendable {
    private let initial: [UInt8]
    private let any: [[UInt8]]
    private let final: [UInt8]

    /// Nil if values of `syntax` have no parts, or a part is no text.
    init?(_ substrings: Filter.Substrings, _ syntax: Syntax) {
        switch syntax {
        case .directoryString, .ia5String, .loginName: break
        default: return nil
        }
        guard let initial = Self.folded(substrings.initial ?? []), let final = Self.folded(substrings.final ?? [])
        else {
            return nil
        }
        let any = substrings.any.compactMap { Self.folded($0) }
        guard any.count == substrings.any.count else { return nil }
        (self.initial, self.any, self.final) = (initial, any, final)
    }

    /// Blanks at its ends belong to a part: `ada *` is somebody whose first name ends there.
    private static func folded(_ part: [UInt8]) -> [UInt8]? {
        String(validating: part, as: UTF8.self).map { Array($0.lowercased().utf8) }
    }

    func matches(_ value: AttributeValue) -> Bool {
        switch value {
        case .text(let text): matches(Array(text.foldedForMatching.utf8))
        case .login(let login): matches(Array(login.text.utf8))
        default: false
        }
    }

    private func matches(_ text: [UInt8]) -> Bool {
        guard text.count >= initial.count + final.count, text.starts(with: initial),
            text.suffix(final.count).elementsEqual(final)
        else { return false }
        var rest = text[initial.count..<(text.count - final.count)]
        for part in any {
            guard let end = Self.end(of: part, in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }

    /// Where the first `part` in `text` ends.
    private static func end(of part: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        guard text.count >= part.count else { return nil }
        for start in text.startIndex...(text.endIndex - part.count)
        where text[start..<(start + part.count)].elementsEqual(part) {
            return start + part.count
        }
        return nil
    }
}
