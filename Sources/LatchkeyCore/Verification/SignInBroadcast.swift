import Synchronization

/// Tells the portal's live pages of sign-ins as they are recorded. A listener that is too slow loses the oldest.
public final class SignInBroadcast: Sendable {
    private static let backlog = 64

    private struct Listeners {
        var next = 0
        var all: [Int: AsyncStream<SignIn>.Continuation] = [:]
    }

    private let listeners = Mutex(Listeners())

    public init() {}

    /// Every sign-in from now on, of all accounts; ends when the reading task does.
    public func signIns() -> AsyncStream<SignIn> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: SignIn.self, bufferingPolicy: .bufferingNewest(Self.backlog))
        let number = listeners.withLock { listeners in
            listeners.next += 1
            listeners.all[listeners.next] = continuation
            return listeners.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.withLock { $0.all[number] = nil }
        }
        return stream
    }

    public func publish(_ signIns: some Sequence<SignIn>) {
        let current = listeners.withLock { $0.all.isEmpty ? [] : Array($0.all.values) }
        guard !current.isEmpty else { return }
        for signIn in signIns {
            for listener in current { listener.yield(signIn) }
        }
    }
}
