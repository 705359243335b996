extension String {
    /// The form in which texts are compared without regard to case (RFC 4518): lower case, no blanks at the ends, one between words.
    var foldedForMatching: String {
        var isFolded = true
        var previous = UInt8(ascii: " ")
        for octet in utf8 {
            switch octet {
            case 0x41...0x5a, 0x80...0xff: isFolded = false
            case UInt8(ascii: " ") where previous == octet: isFolded = false
            default: break
            }
            previous = octet
        }
        if isFolded, previous != UInt8(ascii: " ") || isEmpty { return self }
        return lowercased().split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}
