/// Text as quoted-printable (RFC 2045 §6.7): readable where it is ASCII, lines of at most 76 octets.
enum QuotedPrintable {
    static let maximumLine = 76

    /// Lines of `text` end in LF; those of the result in CRLF, the last one too.
    static func encode(_ text: String) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(text.utf8.count * 5 / 4)
        let text = text.hasSuffix("\n") ? String(text.dropLast()) : text
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            append(Array(line), to: &octets)
            octets += "\r\n".utf8
        }
        return octets
    }

    private static func append(_ line: [UInt8], to octets: inout [UInt8]) {
        var column = 0
        for (place, octet) in line.enumerated() {
            let isLast = place == line.count - 1
            let isBlank = octet == 0x20 || octet == 0x09
            // A blank at the end would be lost on the way (§6.7 rule 3).
            let isPlain = isBlank ? !isLast : (0x21...0x7e).contains(octet) && octet != UInt8(ascii: "=")
            let width = isPlain ? 1 : 3
            // The soft line break needs a column of its own.
            if column + width > maximumLine - (isLast ? 0 : 1) {
                octets += "=\r\n".utf8
                column = 0
            }
            if isPlain {
                octets.append(octet)
            } else {
                octets += [UInt8(ascii: "="), hex[Int(octet >> 4)], hex[Int(octet & 15)]]
            }
            column += width
        }
    }

    private static let hex = Array("0123456789ABCDEF".utf8)
}
