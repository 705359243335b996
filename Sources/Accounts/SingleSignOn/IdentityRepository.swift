public import LatchkeyCore
public import OIDCClient

/// Identities at providers, and authorizations that wait for an answer, as they are kept. Identities are linked and used through
/// `SessionRepository`, as proofs.
public protocol IdentityRepository: Sendable {
    /// Keeps an authorization until its answer comes, and drops those that nobody can answer any more, and the oldest of too many from one
    /// network.
    func put(_ pending: PendingErrand, at now: Timestamp) async throws
    /// Takes it away, for the browser that began it: of two who ask at once, one gets nil.
    func take(stateHash: [UInt8], browserHash: [UInt8], at now: Timestamp) async throws -> [UInt8]?
    func identity(_ key: IdentityKey) async throws -> LinkedIdentity?
    /// In the order in which they were linked.
    func identities(of account: AccountID) async throws -> [LinkedIdentity]
    /// Makes an account with its identity and first session, all in one transaction.
    func welcome(_ newcomer: Newcomer) async throws -> Welcome
    /// Nil if the session stands on no provider's.
    func origin(of session: Identifier<Session>) async throws -> ProviderSession?
    /// Ends the sessions that stand on this provider's session, or without a `sessionID` on any of the subject's, and remembers the notice in
    /// the same transaction. `event` makes the line for the log of each account that had some. Returns how many there were; nil, and
    /// nothing done, if the notice was obeyed before.
    func endSessions(
        named notice: LogoutNotice, at now: Timestamp, event: @escaping @Sendable (AccountID) -> AuditEvent
    ) async throws -> Int?
    /// Keeps a form for its sender's return, in the place of older ones if there are many of its session. It goes with the session.
    func put(_ form: KeptForm, at now: Timestamp) async throws
    /// Nil unless it was kept in this session, a short while ago.
    func form(idHash: [UInt8], of session: Identifier<Session>, at now: Timestamp) async throws -> [UInt8]?
    /// The issuers with whose word alone somebody is signed in, without being told when they signed in there.
    func issuersWithoutTime() async throws -> [String]
}

/// An authorization that waits, of which the database learns nothing.
public struct PendingErrand: Hashable, Sendable {
    /// SHA-256 of `state` and of the browser's cookie.
    public let stateHash: [UInt8]
    public let browserHash: [UInt8]
    public let sealed: [UInt8]
    /// Where the browser is, as wide as one visitor may have it: an IPv4 address, an IPv6 /64.
    public let network: Network?

    public init(stateHash: [UInt8], browserHash: [UInt8], sealed: [UInt8], network: Network?) {
        self.stateHash = stateHash
        self.browserHash = browserHash
        self.sealed = sealed
        self.network = network
    }
}

/// Somebody who comes for the first time, through a provider.
public struct Newcomer: Sendable {
    public let account: Account
    public let identity: LinkedIdentity
    public let session: Session
    public let sessionTokenHash: [UInt8]
    public let origin: ProviderSession
    public let accountCreated: AuditEvent
    public let events: [AuditEvent]
}

public enum Welcome: Hashable, Sendable {
    case welcome
    /// Another account has the login name.
    case loginTaken
    /// Somebody has this identity: the same person, a moment ago.
    case known
}
