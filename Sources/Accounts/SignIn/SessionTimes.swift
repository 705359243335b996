public import LatchkeyCore

/// How long sessions last, as the operator has it (NIST SP 800-63B-4 §5.2 says at most a day, and an hour without a request).
public struct SessionTimes: Hashable, Sendable {
    /// What the longest `lifetime` may be: sessions older than this are removed.
    public static let longestLifetime: Duration = .days(30)

    /// How long a strong sign-in is good for what asks for a step-up (ASVS 7.5.1).
    public var freshness: Duration
    /// A session without requests ends after this.
    public var longestIdle: Duration
    /// And every one after this, however busy it is.
    public var lifetime: Duration

    public init(
        freshness: Duration = .seconds(600), longestIdle: Duration = .seconds(3_600), lifetime: Duration = .days(1)
    ) {
        self.freshness = freshness
        self.longestIdle = longestIdle
        self.lifetime = lifetime
    }
}
