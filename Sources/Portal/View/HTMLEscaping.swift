import Mustache

/// Escapes text for HTML, also within attributes.
///
/// The library's own escaping looks at whole characters, so that a quotation mark with a combining accent after it passes
/// as it is and ends an attribute. This one looks at octets: no hostile name gets past it.
struct HTMLEscaping: MustacheContentType {
    /// The pragma that every template begins with: partials and pages forget the content type of whoever includes them.
    static let pragma = "{{% CONTENT_TYPE: \(name)}}"
    private static let name = "LATCHKEY-HTML"

    static func register() {
        MustacheContentTypes.register(HTMLEscaping(), named: name)
    }

    func escapeText(_ text: String) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count)
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "<"): escaped += "&lt;".utf8
            case UInt8(ascii: ">"): escaped += "&gt;".utf8
            case UInt8(ascii: "&"): escaped += "&amp;".utf8
            case UInt8(ascii: "\""): escaped += "&quot;".utf8
            case UInt8(ascii: "'"): escaped += "&#39;".utf8
            default: escaped.append(octet)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
