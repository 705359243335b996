import LatchkeyCore
import Synchronization

/// What slows guessing at the portal; one for the whole process, shared by all who check passwords or codes.
///
/// Wrong passwords, wrong codes and wrong keys are counted apart: who has the password must not get its guesses for codes as well.
public final class GuessLimits: Sendable {
    /// By login name, whether anybody has it or not: else a wait would tell. Nil is for all that is no login name.
    let passwords = GuessGate<LoginName?>(
        .init(free: 4, freeOfOrigin: 30, firstWait: .seconds(2), longestWait: .seconds(900)))
    /// Six digits are few: the fifth wrong code costs five minutes, the sixth ten.
    let codes = GuessGate<AccountID>(
        .init(free: 4, freeOfOrigin: 30, firstWait: .seconds(300), longestWait: .seconds(3_600)))
    /// Answers of passkeys and security keys cannot be guessed; what is limited is the work, and the lines in the log, that wrong ones make.
    let keys = GuessGate<AccountID>(
        .init(free: 9, freeOfOrigin: 30, firstWait: .seconds(2), longestWait: .seconds(900)))

    /// Codes that are mailed: each counts as a wrong one until one comes back, so that nobody's mailbox is filled.
    let mails = GuessGate<AccountID>(
        .init(free: 4, freeOfOrigin: 60, firstWait: .seconds(120), longestWait: .seconds(900)))

    public init() {}
}

/// A guess limit that many ask at once.
final class GuessGate<Account: Hashable & Sendable>: Sendable {
    enum Judgement: Sendable {
        case right
        case wrong
        /// Neither: it counts for nothing.
        case none
    }

    enum Passage<Outcome: Sendable>: Sendable {
        case judged(Outcome)
        /// Nothing was judged. `isFirst`: none was turned away since the wait began; later ones need no line in the log.
        case blocked(until: Timestamp, isFirst: Bool)
    }

    private let limit: Mutex<GuessLimit<Account>>

    init(_ rule: GuessLimit<Account>.Rule) {
        limit = Mutex(GuessLimit(rule))
    }

    /// Has a guess judged unless it has to wait. If `judge` throws, it counts for nothing.
    func pass<Outcome: Sendable>(
        _ account: Account, from origin: Origin, at time: Timestamp,
        judge: () async throws -> (Outcome, Judgement)
    ) async throws -> Passage<Outcome> {
        switch limit.withLock({ $0.charge(account, from: origin.network, at: time) }) {
        case .blocked(let until, let isFirst):
            return .blocked(until: until, isFirst: isFirst)
        case .admitted(let charge):
            do {
                let (outcome, judgement) = try await judge()
                settle(charge, judgement, at: time)
                return .judged(outcome)
            } catch {
                settle(charge, .none, at: time)
                throw error
            }
        }
    }

    /// The account has signed in from there.
    func welcome(_ account: Account, from origin: Origin, at time: Timestamp) {
        limit.withLock { $0.welcome(account, from: origin.network, at: time) }
    }

    private func settle(_ charge: GuessLimit<Account>.Charge, _ judgement: Judgement, at time: Timestamp) {
        limit.withLock { limit in
            switch judgement {
            case .right: limit.succeed(charge, at: time)
            case .wrong: break
            case .none: limit.giveBack(charge)
            }
        }
    }
}
