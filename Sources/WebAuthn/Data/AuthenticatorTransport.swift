/// A way to reach an authenticator (L3 §5.8.4), told by the browser at registration and given back to it later, also if it is one of which
/// this library has not heard.
public struct AuthenticatorTransport: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    public static let usb = AuthenticatorTransport(known: "usb")
    public static let nfc = AuthenticatorTransport(known: "nfc")
    public static let ble = AuthenticatorTransport(known: "ble")
    public static let smartCard = AuthenticatorTransport(known: "smart-card")
    public static let hybrid = AuthenticatorTransport(known: "hybrid")
    public static let `internal` = AuthenticatorTransport(known: "internal")

    public static let maximumLength = 32
    /// How many of one credential are kept.
    public static let maximumCount = 8

    public let rawValue: String

    /// Nil unless it is 1 to ``maximumLength`` lower-case letters, digits and dashes.
    public init?(rawValue: String) {
        guard (1...Self.maximumLength).contains(rawValue.utf8.count),
            rawValue.utf8.allSatisfy({ octet in
                switch octet {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            })
        else { return nil }
        self.rawValue = rawValue
    }

    private init(known rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }
}
