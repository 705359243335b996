import LatchkeyCore

/// Slows the guessing of one kind of secret, by account and by origin.
///
/// A guess is charged before it is judged and given back if it was right, so that many at once gain nothing. A few are
/// free; then each wrong one doubles the wait, up to a bound: nobody is locked out for good. An origin from which the
/// account has signed in lately is counted by itself, so that strangers who guess cannot keep the owner out.
struct GuessLimit<Account: Hashable & Sendable>: Sendable {
    struct Rule: Sendable {
        /// Wrong guesses of an account that cost nothing.
        let free: Int
        /// The same of an origin, over all accounts: an office has many people behind one address.
        let freeOfOrigin: Int
        let firstWait: Duration
        let longestWait: Duration
    }

    /// Whether a guess may be judged.
    enum Admission: Sendable {
        case admitted(Charge)
        /// `isFirst`: none was turned away since the wait began.
        case blocked(until: Timestamp, isFirst: Bool)
    }

    /// A guess that was charged: hand it back with its outcome.
    struct Charge: Sendable {
        fileprivate let account: Account
        fileprivate let origin: Network?
        /// What it was counted against, and until when it blocked each.
        fileprivate var counted: [(subject: Subject, blockedUntil: Timestamp?)] = []
    }

    fileprivate enum Subject: Hashable {
        /// The account, guessed for from anywhere strange.
        case account(Account)
        case origin(Network)
        /// The account, from an origin it has signed in from.
        case familiar(Account, Network)
    }

    private struct Record {
        var guesses = 0
        var last: Timestamp
        var blockedUntil: Timestamp?
        var hasTurnedAway = false
        /// When the account last signed in from this origin; only of `familiar`.
        var signedIn: Timestamp?
    }

    /// Wrong guesses are forgotten after so much quiet.
    static var memory: Duration { .days(1) }
    /// How long an origin stays familiar after the latest sign-in from there.
    static var familiarity: Duration { .days(30) }

    private let rule: Rule
    /// Subjects kept; when more come, those longest quiet are forgotten.
    private let capacity: Int
    private var records: [Subject: Record] = [:]

    var count: Int { records.count }

    init(_ rule: Rule, capacity: Int = 65_536) {
        self.rule = rule
        self.capacity = capacity
    }

    mutating func charge(_ account: Account, from origin: Network?, at now: Timestamp) -> Admission {
        let subjects = subjects(account, origin, at: now)
        var blocked: (until: Timestamp, isFirst: Bool)?
        for subject in subjects {
            guard let until = records[subject]?.blockedUntil, until > now else { continue }
            let isFirst = records[subject]?.hasTurnedAway == false
            records[subject]?.hasTurnedAway = true
            blocked = (max(until, blocked?.until ?? until), isFirst || blocked?.isFirst == true)
        }
        if let blocked { return .blocked(until: blocked.until, isFirst: blocked.isFirst) }
        var charge = Charge(account: account, origin: origin)
        for subject in subjects { charge.counted.append((subject, count(subject, at: now))) }
        return .admitted(charge)
    }

    /// It was right: the account's wrong guesses that it was counted with are forgotten, the origin's stand but for this one.
    mutating func succeed(_ charge: Charge, at now: Timestamp) {
        giveBack(charge)
        for case (.account(let account), _) in charge.counted { records[.account(account)] = nil }
        becomeFamiliar(charge.account, charge.origin, at: now)
    }

    /// The account has signed in from there by what was limited elsewhere: what was counted of it there is forgotten, the origin's own count is not.
    mutating func welcome(_ account: Account, from origin: Network?, at now: Timestamp) {
        for case .account(let account) in subjects(account, origin, at: now) { records[.account(account)] = nil }
        becomeFamiliar(account, origin, at: now)
    }

    private mutating func becomeFamiliar(_ account: Account, _ origin: Network?, at now: Timestamp) {
        guard let origin else { return }
        keep(Record(last: now, signedIn: now), for: .familiar(account, origin))
    }

    /// It was not judged, or was no guess.
    mutating func giveBack(_ charge: Charge) {
        for (subject, blockedUntil) in charge.counted {
            guard var record = records[subject] else { continue }
            record.guesses = max(0, record.guesses - 1)
            // It was admitted, so whatever block there is by it there was not before it.
            if record.blockedUntil == blockedUntil { record.blockedUntil = nil }
            records[subject] = record
        }
    }

    private func subjects(_ account: Account, _ origin: Network?, at now: Timestamp) -> [Subject] {
        guard let origin else { return [.account(account)] }
        let familiar = Subject.familiar(account, origin)
        if let signedIn = records[familiar]?.signedIn, now - signedIn <= Self.familiarity { return [familiar] }
        return [.account(account), .origin(origin)]
    }

    /// Until when the subject is now blocked.
    private mutating func count(_ subject: Subject, at now: Timestamp) -> Timestamp? {
        var record = records[subject] ?? Record(last: now)
        if now - record.last > Self.memory { record = Record(last: now, signedIn: record.signedIn) }
        record.last = max(record.last, now)
        record.guesses = min(record.guesses + 1, 1_000)
        record.blockedUntil = wait(after: record.guesses, of: subject).map { now + $0 }
        record.hasTurnedAway = false
        keep(record, for: subject)
        return record.blockedUntil
    }

    /// Nil while guesses are free.
    private func wait(after guesses: Int, of subject: Subject) -> Duration? {
        let free = if case .origin = subject { rule.freeOfOrigin } else { rule.free }
        let excess = guesses - free - 1
        guard excess >= 0 else { return nil }
        return min(rule.longestWait, rule.firstWait * (1 << min(excess, 20)))
    }

    private mutating func keep(_ record: Record, for subject: Subject) {
        if records[subject] == nil, records.count >= capacity { forgetOldest() }
        records[subject] = record
    }

    /// Drops an eighth at once, so that a flood of subjects costs little each.
    private mutating func forgetOldest() {
        let oldest = records.sorted { $0.value.last < $1.value.last }.prefix(max(1, capacity / 8))
        for (subject, _) in oldest { records[subject] = nil }
    }
}
