/// A text made fit to stand in a header: what is not printable ASCII is percent-encoded as UTF-8, and so is the percent sign, so that two
/// different names never look the same to the application behind the proxy.
///
/// RFC 9110 §5.5 leaves octets above 7F "opaque", and what proxies and applications make of them differs; CR or LF would begin a
/// header of the client's own choice.
enum HeaderText {
    static func append(_ text: String, to octets: inout [UInt8]) {
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "%"), 0...0x1f, 0x7f...0xff: PercentEncoding.append(octet, to: &octets)
            default: octets.append(octet)
            }
        }
    }

    /// Whether `name` can name a header: one or more of the characters of a token (RFC 9110 §5.6.2), and none that a gateway interface
    /// (CGI, WSGI) maps onto another name's letters, as it does `_` onto `-`.
    static func isFieldName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { octet in
                switch octet {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
