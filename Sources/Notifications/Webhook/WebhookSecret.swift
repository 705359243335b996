import Crypto
import Foundation
public import LatchkeyCore

/// The key that a webhook's sender and receiver share: `whsec_` and 24 to 64 octets in Base64, as the libraries of Standard Webhooks
/// take it.
public struct WebhookSecret: Sendable {
    static let prefix = "whsec_"

    private let key: SymmetricKey

    /// Nil if `text` is not of the shape above.
    public init?(_ text: Secret) {
        guard let text = text.reveal(), text.hasPrefix(Self.prefix),
            let octets = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))),
            (24...64).contains(octets.count)
        else { return nil }
        key = SymmetricKey(data: octets)
    }

    /// `v1,` and the Base64 of HMAC-SHA-256 over `ID.TIMESTAMP.BODY`; `timestamp` in seconds.
    func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        let content = Array("\(id).\(timestamp).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: content, using: key)
        return "v1," + Data(code).base64EncodedString()
    }
}
