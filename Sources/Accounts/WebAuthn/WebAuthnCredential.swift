public import LatchkeyCore
public import WebAuthn

/// A passkey or security key of an account.
public struct WebAuthnCredential: Hashable, Sendable {
    /// What it is good for.
    public enum Kind: String, CaseIterable, Sendable {
        /// Signs in by itself: it knows whose it is, and its owner unlocks it.
        case passkey
        /// The second step after a password, as it may not ask who touches it.
        case securityKey = "security-key"
    }

    /// Of one account; more are clutter, or somebody's attempt at filling the disk.
    public static let maximumCount = 20

    public let id: Identifier<WebAuthnCredential>
    public let account: AccountID
    public let kind: Kind
    public let name: String
    public let stored: WebAuthn.StoredCredential
    public let added: Timestamp
    public let lastUse: Timestamp?

    public init(
        id: Identifier<WebAuthnCredential>, account: AccountID, kind: Kind, name: String,
        stored: WebAuthn.StoredCredential, added: Timestamp, lastUse: Timestamp? = nil
    ) {
        self.id = id
        self.account = account
        self.kind = kind
        self.name = name
        self.stored = stored
        self.added = added
        self.lastUse = lastUse
    }

    /// For the log and for mails: its name, and its model where the name does not say that. The model is what it says of itself.
    var described: String {
        guard let model = AuthenticatorNames.name(of: stored.aaguid), !name.contains(model) else { return name }
        return "\(name) (\(model))"
    }
}
