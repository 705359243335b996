public import LatchkeyCore

/// A browser that is signed in to the portal, or on its way to it. It is kept on the server; the browser holds a random
/// token, of which only the SHA-256 is stored.
public struct Session: Hashable, Sendable {
    /// How far the sign-in has come.
    public enum Stage: String, Sendable {
        /// The password was right; a code is still wanted.
        case secondFactor = "second-factor"
        /// The password was right, or a setup link was used, but there is no second factor yet: one must be enrolled
        /// before anything else.
        case enrolment
        case signedIn = "signed-in"

        /// How long a session on its way in may last, however busy it is; nil for one that is in.
        var lifetime: Duration? {
            switch self {
            case .secondFactor: .seconds(600)
            case .enrolment: .seconds(3_600)
            case .signedIn: nil
            }
        }
    }

    /// Stays the same when the token changes: it names the session in lists, and opens nothing.
    public let id: Identifier<Session>
    public let account: AccountID
    public var stage: Stage
    public let created: Timestamp
    /// Exact to a minute.
    public var lastSeen: Timestamp
    /// The latest proof of a second factor in this session.
    public var strongAt: Timestamp?
    /// What was shown in it, each once, in the order in which it first was.
    public var methods: [SignInMethod]
    /// Where it was last seen.
    public var address: IPAddress?
    public var agent: String?
    /// Not kept with the session: they are the installation's.
    public var times = SessionTimes()

    public init(
        id: Identifier<Session>, account: AccountID, stage: Stage, created: Timestamp, lastSeen: Timestamp,
        strongAt: Timestamp? = nil, methods: [SignInMethod] = [], address: IPAddress? = nil, agent: String? = nil
    ) {
        self.id = id
        self.account = account
        self.stage = stage
        self.created = created
        self.lastSeen = lastSeen
        self.strongAt = strongAt
        self.methods = methods
        self.address = address
        self.agent = agent
    }

    public var assurance: Assurance { Assurance(methods) }

    /// Whether a strong sign-in was made a few minutes ago: what creating an app password asks for.
    public func isFresh(at now: Timestamp) -> Bool {
        guard stage == .signedIn, let strongAt else { return false }
        return now - strongAt <= times.freshness
    }

    /// Whether it was begun a few minutes ago by a provider's word alone, which did not say when its person had signed in there.
    public func isUntold(at now: Timestamp) -> Bool {
        stage == .signedIn && strongAt == nil && now - created <= times.freshness
    }

    /// Whether it has neither been idle too long nor outlived its stage.
    public func isAlive(at now: Timestamp) -> Bool {
        now - lastSeen <= times.longestIdle && now - created <= stage.lifetime ?? times.lifetime
    }
}

/// Thrown by what needs a fresh strong sign-in: ask for a code or key (`PortalAccess.confirm`), then try again.
public struct StepUpRequired: Error, Hashable, Sendable {
    public init() {}
}
