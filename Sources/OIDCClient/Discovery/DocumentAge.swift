/// How long documents are kept, in seconds. A clock that was set back makes a copy old, and nothing too soon.
enum DocumentAge {
    static let lifetime: Int64 = 3600
    /// Of a copy that cannot be renewed as the provider is away.
    static let longestUse: Int64 = 86_400
    /// After a failure, so that people who try again and again are no burden to a provider that is down.
    static let pauseAfterFailure: Int64 = 5
    /// Between two fetches because of a token that no key fits.
    static let pauseBetweenKeySets: Int64 = 300

    static func isFresh(_ fetched: NumericDate, at now: NumericDate) -> Bool {
        (0..<lifetime).contains(now.since(fetched))
    }
    static func isBearable(_ fetched: NumericDate, at now: NumericDate) -> Bool { now.since(fetched) < longestUse }
    static func isTooSoon(after failure: NumericDate, at now: NumericDate) -> Bool {
        (0..<pauseAfterFailure).contains(now.since(failure))
    }
    static func isTooSoonAgain(after last: NumericDate, at now: NumericDate) -> Bool {
        (0..<pauseBetweenKeySets).contains(now.since(last))
    }
}
