public import LatchkeyCore
import Synchronization

/// A clock that a test moves.
public final class ManualClock: Sendable {
    private let time: Mutex<Timestamp>

    /// 2026-11-24T08:00:00Z unless told otherwise.
    public init(_ start: Timestamp = Timestamp(seconds: 1_795_507_200)) {
        time = Mutex(start)
    }

    public var now: Timestamp { time.withLock { $0 } }

    public func advance(by span: Duration) {
        time.withLock { $0 = $0 + span }
    }
}
