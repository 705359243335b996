public import LatchkeyCore

/// A mailbox of an account's owner that one-time codes are mailed to. Never one that this installation guards: whoever had talked its owner
/// out of one app password would read the codes as well.
public struct CodeMailbox: Hashable, Sendable {
    public let address: MailAddress
    /// When its owner showed that they read it.
    public let since: Timestamp
    public let lastUse: Timestamp?
    /// Whether codes go there, as it is configured now, and as the account's roles are now.
    public let isUsable: Bool

    public init(address: MailAddress, since: Timestamp, lastUse: Timestamp? = nil, isUsable: Bool) {
        self.address = address
        self.since = since
        self.lastUse = lastUse
        self.isUsable = isUsable
    }

    /// `a•••@example.net`, for whoever has shown no more than a password.
    public var masked: String { Self.masked(address) }

    static func masked(_ address: MailAddress) -> String {
        "\(address.text.prefix(1))•••@\(address.domain)"
    }
}

extension Account {
    /// Whoever can open other people's accounts signs in with something stronger.
    public var mayGetCodesByMail: Bool { roles.isEmpty }
}
