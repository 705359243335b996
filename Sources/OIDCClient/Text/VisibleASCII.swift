/// What can stand in a header, a log line or a URL's parameter without anybody stumbling over it.
extension String {
    /// ASCII without blanks and control characters, so that it can stand in a log line.
    var isVisibleASCII: Bool { utf8.allSatisfy { (0x21...0x7e).contains($0) } }

    /// What a stranger said, fit to be read in a log: visible ASCII as it is, all else as `?`, cut at 200 characters.
    var legible: String {
        String(decoding: utf8.prefix(200).map { (0x21...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
