public import Keyring
public import LatchkeyCore
import Synchronization

/// Tells the verifier whether a refused secret was the account's portal password. It has little time for that: one look at a
/// time, one per account in ten seconds; to all else it says no.
public final class PortalPasswordCheck: PortalPasswordProbe {
    /// Between two looks at one account.
    static let interval: Duration = .seconds(10)
    /// Questions that wait; a mail server that asks more gets no explanation, and loses nothing.
    static let maximumWaiting = 8
    /// Accounts remembered as asked about lately.
    private static let maximumRecent = 1_024

    private struct Question: Sendable {
        let secret: Secret
        let account: AccountID
        let answer: @Sendable (Bool) -> Void
    }

    private struct State {
        var waiting: [Question] = []
        var recent: [AccountID: Timestamp] = [:]
        var isOver = false

        mutating func admit(_ account: AccountID, at time: Timestamp) -> Bool {
            if let last = recent[account], time - last < interval { return false }
            if recent.count >= maximumRecent {
                recent = recent.filter { time - $0.value < interval }
                guard recent.count < maximumRecent else { return false }
            }
            recent[account] = time
            return true
        }
    }

    private let passwords: any PortalPasswordRepository
    private let hasher: PasswordHasher
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())
    private let (wake, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// `run()` must be running, or what is not turned away waits.
    public init(
        passwords: any PortalPasswordRepository, hasher: PasswordHasher, now: @escaping @Sendable () -> Timestamp
    ) {
        self.passwords = passwords
        self.hasher = hasher
        self.now = now
    }

    public func isPortalPassword(_ secret: Secret, of account: AccountID, answer: @escaping @Sendable (Bool) -> Void) {
        let time = now()
        let isWaiting = state.withLock { state in
            guard !state.isOver, state.waiting.count < Self.maximumWaiting, state.admit(account, at: time) else {
                return false
            }
            state.waiting.append(Question(secret: secret, account: account, answer: answer))
            return true
        }
        if isWaiting { waker.yield() } else { answer(false) }
    }

    /// Answers until its task is cancelled; then everything with no.
    public func run() async {
        for await _ in wake {
            while !Task.isCancelled, let question = next() { question.answer(await isRight(question)) }
        }
        let left = state.withLock { state in
            state.isOver = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for question in left { question.answer(false) }
    }

    /// Answers what waits now, for a command that asks once and has no use for `run()`.
    public func answerWaiting() async {
        while let question = next() { question.answer(await isRight(question)) }
    }

    private func next() -> Question? {
        state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
    }

    /// No, too, where it cannot be told: the explanation is a courtesy.
    private func isRight(_ question: Question) async -> Bool {
        do {
            guard let stored = try await passwords.password(of: question.account) else { return false }
            return try await hasher.verify(question.secret, against: stored.hash)
        } catch {
            return false
        }
    }
}
