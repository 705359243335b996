/// A credential's identifier, chosen by its authenticator (L3 §4): 1 to 1023 octets that mean nothing to the relying party.
public struct CredentialID: Hashable, Sendable, CustomStringConvertible {
    /// Octets (L3 §7.1 step 25).
    public static let maximumLength = 1_023

    public let octets: [UInt8]

    /// Nil for none, or more than ``maximumLength``.
    public init?(_ octets: some Sequence<UInt8>) {
        self.octets = Array(octets)
        guard (1...Self.maximumLength).contains(self.octets.count) else { return nil }
    }

    /// Reads what ``description`` writes.
    public init?(base64URL text: String) {
        guard text.utf8.count <= Self.maximumLength * 4 / 3 + 2, let octets = Base64URL.decode(text) else { return nil }
        self.init(octets)
    }

    /// Base64url without padding, as in every JSON of WebAuthn.
    public var description: String { Base64URL.encode(octets) }
}
