public import LatchkeyCore
public import OIDCClient

/// Somebody at a provider who is the person of an account here: by issuer and subject, never by a mail address.
public struct LinkedIdentity: Hashable, Sendable {
    /// What it is good for, as providers are configured now.
    public enum Standing: Hashable, Sendable {
        /// Its provider is not configured any more.
        case useless
        /// As a password is: something must follow.
        case firstFactor
        /// It signs in by itself.
        case alone
    }

    /// Of one account.
    public static let maximumCount = 10

    public let id: Identifier<LinkedIdentity>
    public let key: IdentityKey
    public let account: AccountID
    /// What the provider last said, for people to tell their identities apart. Nothing is decided by it.
    public var email: String?
    public let added: Timestamp
    public var lastUse: Timestamp?
    /// Whether its provider last said when the person had signed in there: otherwise it confirms nothing.
    public var tellsTime: Bool
    public var standing: Standing

    public init(
        id: Identifier<LinkedIdentity>, key: IdentityKey, account: AccountID, email: String?, added: Timestamp,
        lastUse: Timestamp? = nil, tellsTime: Bool, standing: Standing
    ) {
        self.id = id
        self.key = key
        self.account = account
        self.email = email
        self.added = added
        self.lastUse = lastUse
        self.tellsTime = tellsTime
        self.standing = standing
    }

    public var issuer: String { key.issuer }
    /// For the log: where it is from, and its address.
    var named: String { issuer + (email.map { ", \($0)" } ?? "") }
}

/// Which issuers' identities open what: asked wherever a way to sign in is added, used or removed.
public struct IdentityTrust: Sendable {
    private let issuers: [(issuer: Issuer, standing: LinkedIdentity.Standing)]

    /// Where nobody signs in through a provider.
    public static let none = IdentityTrust([])

    public init(_ issuers: [(issuer: Issuer, singleFactor: IdentityProvider.SingleFactor)]) {
        self.issuers = issuers.map { ($0.issuer, $0.singleFactor == .ask ? .firstFactor : .alone) }
    }

    public func standing(of key: IdentityKey) -> LinkedIdentity.Standing {
        issuers.first { $0.issuer.covers(key.issuer) }?.standing ?? .useless
    }
}

/// One use of a linked identity, in a session here.
public struct IdentityUse: Hashable, Sendable {
    public let key: IdentityKey
    public let email: String?
    public let tellsTime: Bool
    public let origin: ProviderSession
    public let time: Timestamp
}

/// Whose sign-in at which provider a session here stands on: what logout tokens name.
public struct ProviderSession: Hashable, Sendable {
    /// `iss`, `sub` and `sid` of the ID token.
    public let issuer: String
    public let subject: String
    public let sessionID: String?
    /// The ID token, sealed by the keyring, where it will be needed to sign out there.
    public let sealedToken: [UInt8]?

    public init(issuer: String, subject: String, sessionID: String?, sealedToken: [UInt8]?) {
        self.issuer = issuer
        self.subject = subject
        self.sessionID = sessionID
        self.sealedToken = sealedToken
    }
}
