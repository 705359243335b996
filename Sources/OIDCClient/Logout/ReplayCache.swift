import Crypto

/// Remembers which logout tokens were used, as long as they could be used again. A replayed one would end sessions that began after it.
struct ReplayCache {
    /// Entries; each is the digest of a name of any length. Only tokens that the provider signed get here.
    static let capacity = 4096

    private let capacity: Int
    private var used: [SHA256Digest: NumericDate] = [:]

    init(capacity: Int = ReplayCache.capacity) {
        self.capacity = capacity
    }

    /// False if the notice was admitted before. When there is no room, what would be forgotten next goes.
    mutating func admit(_ notice: LogoutNotice, at now: NumericDate) -> Bool {
        let entry = SHA256.hash(data: Array("\(notice.issuer.utf8.count) \(notice.issuer) \(notice.tokenID)".utf8))
        if let useless = used[entry], useless >= now { return false }
        if used.count >= capacity { used = used.filter { $0.value >= now } }
        if used.count >= capacity, let next = used.min(by: { $0.value < $1.value }) { used[next.key] = nil }
        used[entry] = notice.useless
        return true
    }
}
