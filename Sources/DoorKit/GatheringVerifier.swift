public import LatchkeyCore
import NIOCore
import NIOPosix

/// Puts the questions of all connections that one turn of an event loop has read to the verifier together.
///
/// A busy server asks one question on each of many connections: asked one by one, each would pay for a transaction and an entry in the
/// journal of its own. Off an event loop it passes on what it is asked as it comes.
public final class GatheringVerifier: Verifier {
    /// Questions put together: those who came first do not wait for everybody else's.
    private static let maximumTogether = 512

    private let verifier: any Verifier
    private let gathering = ThreadSpecificVariable<Gathering>()

    public init(_ verifier: any Verifier) {
        self.verifier = verifier
    }

    /// What waits for the end of a thread's turn. Sendable because only that thread ever gets hold of it.
    private final class Gathering: @unchecked Sendable {
        var attempts: [Attempt] = []
        var askers: [Asker] = []
    }

    private struct Asker: Sendable {
        let count: Int
        let answer: @Sendable ([Verdict]) -> Void
    }

    public func verify(_ attempts: [Attempt], answer: @escaping @Sendable ([Verdict]) -> Void) {
        guard let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop else {
            return verifier.verify(attempts, answer: answer)
        }
        let gathering = gathering.currentValue ?? begin()
        if gathering.askers.isEmpty { eventLoop.execute { self.ask() } }
        gathering.attempts += attempts
        gathering.askers.append(Asker(count: attempts.count, answer: answer))
        if gathering.attempts.count >= Self.maximumTogether { ask() }
    }

    private func begin() -> Gathering {
        let new = Gathering()
        gathering.currentValue = new
        return new
    }

    private func ask() {
        guard let gathering = gathering.currentValue, !gathering.askers.isEmpty else { return }
        let (attempts, askers) = (gathering.attempts, gathering.askers)
        gathering.attempts.removeAll(keepingCapacity: true)
        gathering.askers.removeAll(keepingCapacity: true)
        verifier.verify(attempts) { verdicts in
            var rest = verdicts[...]
            for asker in askers {
                asker.answer(Array(rest.prefix(asker.count)))
                rest = rest.dropFirst(asker.count)
            }
        }
    }
}
