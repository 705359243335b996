/// Base32 (RFC 4648 §6) without padding: how authenticator apps write a secret.
public enum Base32 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    public static func encode(_ octets: some Sequence<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        var buffer: UInt16 = 0
        var bits = 0
        for octet in octets {
            buffer = buffer << 8 | UInt16(octet)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(digits[Int(buffer >> UInt16(bits) & 31)])
            }
        }
        if bits > 0 { text.append(digits[Int(buffer << UInt16(5 - bits) & 31)]) }
        return text
    }
}
