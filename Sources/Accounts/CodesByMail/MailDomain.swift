import Foundation

/// The domain of mail addresses, however it is written: `bücher.example`, `BÜCHER.example` and `xn--bcher-kva.example` are one.
struct MailDomain: Hashable {
    /// In lower case, with A-labels (RFC 5890 §2.3.2.1).
    private let text: String

    init(_ text: String) {
        var url = URLComponents()
        url.host = text
        self.text = (url.encodedHost ?? text).lowercased()
    }

    /// Whether it is `other` or below it.
    func isWithin(_ other: MailDomain) -> Bool { text == other.text || text.hasSuffix(".\(other.text)") }
}
