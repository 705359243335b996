/// Slows guessing, and nothing else: it is asked only about attempts that have already failed.
///
/// Counts *different* wrong secrets per login name and per network of origin (an IPv4 address, an IPv6 /64). The same wrong secret again is a
/// device that was not told of a change, not a guess. Forgets after an hour of quiet.
public struct Throttle: Sendable {
    /// Different wrong secrets that cost nothing.
    static let free = 5
    static let longestBlock: Duration = .seconds(900)
    static let memory: Duration = .seconds(3_600)
    /// Remembered wrong secrets of one subject: a device seldom has more than a few.
    static let rememberedDigests = 8
    /// Subjects kept; when more come the longest quiet ones are forgotten.
    let capacity: Int

    public enum Subject: Hashable, Sendable {
        /// The name that is guessed for, whether anybody has it or not: else a growing wait would tell.
        case login(LoginName)
        case origin(Network)
    }

    /// What a failed attempt is to be answered with.
    public struct Decision: Hashable, Sendable {
        /// Whether this guess came while the subject was blocked: it is then logged as `throttled`.
        public var isBlocked: Bool
        public var hold: Duration
    }

    private struct Record {
        var guesses = 0
        var digests: [UInt64] = []
        var last: Timestamp
        var blockedUntil: Timestamp?
    }

    private var records: [Subject: Record] = [:]

    var count: Int { records.count }

    public init(capacity: Int = 65_536) {
        self.capacity = capacity
    }

    /// Counts a failed attempt against each of `subjects`; the strictest decision counts.
    public mutating func recordFailure(of subjects: [Subject], digest: UInt64, at now: Timestamp) -> Decision {
        var decision = Decision(isBlocked: false, hold: .zero)
        for subject in subjects {
            let own = recordFailure(of: subject, digest: digest, at: now)
            decision.isBlocked = decision.isBlocked || own.isBlocked
            decision.hold = max(decision.hold, own.hold)
        }
        return decision
    }

    /// Until when further wrong guesses of `subject` are throttled; nil if they are not.
    public func blockedUntil(_ subject: Subject, at now: Timestamp) -> Timestamp? {
        records[subject]?.blockedUntil.flatMap { $0 > now ? $0 : nil }
    }

    private mutating func recordFailure(of subject: Subject, digest: UInt64, at now: Timestamp) -> Decision {
        var record = records.removeValue(forKey: subject) ?? Record(last: now)
        if now - record.last > Self.memory { record = Record(last: now) }
        record.last = max(record.last, now)
        defer { keep(record, for: subject) }

        let isBlocked = record.blockedUntil.map { $0 > now } ?? false
        guard !record.digests.contains(digest) else { return Decision(isBlocked: false, hold: .seconds(1)) }
        record.digests.append(digest)
        if record.digests.count > Self.rememberedDigests { record.digests.removeFirst() }
        record.guesses = min(record.guesses + 1, 1_000)

        let excess = record.guesses - Self.free
        guard excess > 0 else { return Decision(isBlocked: false, hold: record.guesses > 1 ? .seconds(1) : .zero) }
        record.blockedUntil = now + min(Self.longestBlock, .seconds(1 << min(excess, 20)))
        return Decision(isBlocked: isBlocked, hold: min(Verdict.longestHold, .seconds(1 + excess)))
    }

    private mutating func keep(_ record: Record, for subject: Subject) {
        if records.count >= capacity { forgetOldest() }
        records[subject] = record
    }

    /// Drops an eighth at once, so that a flood of subjects costs little each.
    private mutating func forgetOldest() {
        let oldest = records.sorted { $0.value.last < $1.value.last }.prefix(max(1, capacity / 8))
        for (subject, _) in oldest { records[subject] = nil }
    }
}

extension Throttle.Subject {
    /// The origin that an address is counted under.
    public static func origin(of address: IPAddress) -> Throttle.Subject? {
        Network(address, prefixLength: address.family == .v4 ? 32 : 64).map { .origin($0) }
    }
}
