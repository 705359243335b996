/// The `otpauth` URI that a QR code carries into an authenticator app.
///
/// `otpauth://totp/ISSUER:ACCOUNT?secret=BASE32&issuer=ISSUER`; algorithm, digits and period are the defaults and left out,
/// as apps that know no others stumble over them. It holds the secret: treat it as one.
public enum KeyURI {
    /// UTF-8 octets of the URI. A colon within `issuer` or `account` is escaped, so that it cannot move the border.
    public static func totp(key: some Sequence<UInt8>, issuer: String, account: String) -> [UInt8] {
        let issuer = escape(issuer)
        var uri = Array("otpauth://totp/\(issuer):\(escape(account))?secret=".utf8)
        uri += Base32.encode(key)
        uri += Array("&issuer=\(issuer)".utf8)
        return uri
    }

    /// Everything but the unreserved characters of RFC 3986 §2.3, in the path as in the query: a blank is `%20`, as no app takes `+`.
    private static func escape(_ text: String) -> String {
        let hexadecimal = Array("0123456789ABCDEF".utf8)
        var escaped: [UInt8] = []
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.append(octet)
            default:
                escaped += [UInt8(ascii: "%"), hexadecimal[Int(octet >> 4)], hexadecimal[Int(octet & 15)]]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
