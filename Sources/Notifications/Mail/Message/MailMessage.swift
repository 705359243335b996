import LatchkeyCore

/// A message in two forms that say the same, text and HTML (RFC 5322, RFC 2046 §5.1.4), from a program that wants no answer.
struct MailMessage: Equatable {
    let sender: MailAddress
    let recipient: MailAddress
    let subject: String
    let date: LocalMoment
    /// Without brackets. The same for every try: who gets it twice can tell.
    let id: String
    let text: String
    let html: String

    static let senderName = "Latchkey"

    var envelope: Envelope { Envelope(sender: sender, recipient: recipient, content: octets) }

    private var octets: [UInt8] {
        // In no quoted-printable text: there an equals sign is always followed by two digits.
        let boundary = "=_latchkey"
        var header = EncodedText.structured("Date", date.header)
        header += EncodedText.structured("From", "\(Self.senderName) <\(sender)>")
        header += EncodedText.structured("To", "<\(recipient)>")
        header += EncodedText.field("Subject", subject)
        header += EncodedText.structured("Message-ID", "<\(id)>")
        // RFC 3834 §5; the other is what Exchange looks at.
        header += EncodedText.structured("Auto-Submitted", "auto-generated")
        header += EncodedText.structured("X-Auto-Response-Suppress", "All")
        header += EncodedText.structured("MIME-Version", "1.0")
        header += EncodedText.structured("Content-Type", "multipart/alternative; boundary=\"\(boundary)\"")
        var octets = Array(header.utf8)
        for (type, content) in [("plain", text), ("html", html)] {
            octets += "\r\n--\(boundary)\r\n".utf8
            octets += EncodedText.structured("Content-Type", "text/\(type); charset=utf-8").utf8
            octets += EncodedText.structured("Content-Transfer-Encoding", "quoted-printable").utf8
            octets += "\r\n".utf8
            octets += QuotedPrintable.encode(content)
        }
        return octets + "\r\n--\(boundary)--\r\n".utf8
    }
}
