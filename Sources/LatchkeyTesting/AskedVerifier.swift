public import LatchkeyCore
import Synchronization

/// A verifier that keeps what it is asked, until a test gives the verdicts.
public final class AskedVerifier: Verifier {
    private struct Question {
        let attempts: [Attempt]
        let answer: @Sendable ([Verdict]) -> Void
    }

    private struct State {
        var questions: [Question] = []
        var unseen: [Attempt] = []
    }

    private let state = Mutex(State())

    public init() {}

    public func verify(_ attempts: [Attempt], answer: @escaping @Sendable ([Verdict]) -> Void) {
        state.withLock { state in
            state.questions.append(Question(attempts: attempts, answer: answer))
            state.unseen += attempts
        }
    }

    /// The next attempt that was asked about and not looked at yet.
    public func nextAttempt() -> Attempt? {
        state.withLock { $0.unseen.isEmpty ? nil : $0.unseen.removeFirst() }
    }

    /// Attempts of the oldest question without a verdict; 0 if there is none.
    public var waiting: Int { state.withLock { $0.questions.first?.attempts.count ?? 0 } }

    /// Answers the oldest question, all its attempts alike. False if there is none.
    public func answer(_ verdict: Verdict) -> Bool {
        guard let question = state.withLock({ $0.questions.isEmpty ? nil : $0.questions.removeFirst() }) else {
            return false
        }
        question.answer(question.attempts.map { _ in verdict })
        return true
    }
}
