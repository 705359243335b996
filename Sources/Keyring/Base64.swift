import Foundation

/// Base64 (RFC 4648 §4) without padding, as the PHC string format has it.
enum Base64 {
    static func encode(_ octets: [UInt8]) -> String {
        let padded = Data(octets).base64EncodedString()
        return String(padded.prefix { $0 != "=" })
    }

    /// Nil for anything but the one spelling that `encode` gives.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text + padding) else { return nil }
        let octets = Array(data)
        return encode(octets) == text ? octets : nil
    }
}
