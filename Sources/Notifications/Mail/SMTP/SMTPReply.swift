import LatchkeyCore

/// What a mail server answers to a command: a code, and text on one or more lines (RFC 5321 §4.2).
struct SMTPReply: Equatable, Sendable {
    let code: Int
    let lines: [String]

    enum Severity: Int { case completion = 2, intermediate, transient, permanent }

    /// The code's first digit (§4.2.1).
    var severity: Severity? { Severity(rawValue: code / 100) }

    /// That it may not be done by us, whatever is said of the address or message (RFC 3463 §3.8; 530 is RFC 4954 §6).
    var isPolicy: Bool { code == 530 || lines.first?.hasPrefix("5.7.") == true }

    /// For the log: the code and the first words.
    var summary: String {
        let text = Attempt.printable(lines.joined(separator: " "), limit: 200) ?? ""
        return "\(code)\(text.isEmpty ? "" : " ")\(text)"
    }
}

/// What no mail server says.
struct SMTPFault: Error, Equatable {
    let description: String
}

/// Octets to replies. Lines may end in LF alone, as some servers do.
struct SMTPReplyDecoder {
    /// Octets of a line without its end. RFC 5321 §4.5.3.1.5 says 512 with it; servers are known to write longer explanations.
    static let maximumLine = 2_048
    /// A greeting or a list of extensions has a dozen.
    static let maximumLines = 100

    private var pending: [UInt8] = []
    private var lines: [String] = []
    private var code: Int?

    /// Nothing is left of what came, and no reply is half here.
    var isEmpty: Bool { pending.isEmpty && code == nil }

    mutating func append(_ octets: some Sequence<UInt8>) {
        pending.append(contentsOf: octets)
    }

    /// The next whole reply; nil if it is not all here.
    mutating func next() throws(SMTPFault) -> SMTPReply? {
        while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
            let isLong = end > Self.maximumLine + 1
            var line = Array(pending[..<end])
            pending.removeFirst(end + 1)
            guard !isLong else { break }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            guard try take(line) else { continue }
            defer { (lines, code) = ([], nil) }
            return code.map { SMTPReply(code: $0, lines: lines) }
        }
        guard pending.count <= Self.maximumLine + 1 else {
            throw SMTPFault(description: "a line of its reply is too long")
        }
        return nil
    }

    /// True with a reply's last line.
    private mutating func take(_ line: [UInt8]) throws(SMTPFault) -> Bool {
        let digits = line.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(String(decoding: digits, as: UTF8.self)), (200..<600).contains(number),
            code == nil || code == number, line.count == 3 || [0x20, 0x2d].contains(line[3])
        else { throw SMTPFault(description: "what it says is no reply of a mail server") }
        guard lines.count < Self.maximumLines else { throw SMTPFault(description: "its reply has too many lines") }
        code = number
        lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
        return line.count == 3 || line[3] == UInt8(ascii: " ")
    }
}
