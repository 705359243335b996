public import LatchkeyCore
public import OIDCClient

/// An OpenID Provider through which people may sign in, as it is configured.
public struct IdentityProvider: Sendable {
    /// What is done when a provider says no more than that one factor was shown, or nothing about it.
    public enum SingleFactor: String, CaseIterable, Sendable {
        /// It counts as a password does: a second step follows here.
        case ask
        case refuse
        /// It is trusted as it is.
        case accept
    }

    /// In addresses and in the configuration.
    public let name: String
    /// What people call it.
    public let title: String
    public let provider: Provider
    public var assurance = AssurancePolicy()
    public var singleFactor = SingleFactor.ask
    /// The mail domains, folded, whose people get an account when they first come. Empty: nobody does.
    public var newcomers: Set<String> = []
    public var groups: [GroupMapping] = []
    /// Whether whoever signs out here is led on to sign out there.
    public var endsSession = false

    public init(name: String, title: String, provider: Provider) {
        self.name = name
        self.title = title
        self.provider = provider
    }
}

/// A group of a provider, and the group here that its members belong to.
public struct GroupMapping: Hashable, Sendable {
    public let theirs: String
    public let ours: GroupName

    public init(theirs: String, ours: GroupName) {
        self.theirs = theirs
        self.ours = ours
    }
}
