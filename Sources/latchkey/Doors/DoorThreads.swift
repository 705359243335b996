import LatchkeyCore
import NIOCore
import NIOPosix
import Synchronization

/// The event loops of each door. They share none: the system then divides the processors between doors, and a flood at one leaves the
/// others their turn.
final class DoorThreads: Sendable {
    private let count: Int
    private let groups = Mutex<[Door: MultiThreadedEventLoopGroup]>([:])

    /// `count` threads for each door that is open.
    init(count: Int) {
        self.count = count
    }

    func group(of door: Door) -> MultiThreadedEventLoopGroup {
        groups.withLock { groups in
            if let group = groups[door] { return group }
            let group = MultiThreadedEventLoopGroup(numberOfThreads: count)
            groups[door] = group
            return group
        }
    }

    func shutDown() async throws {
        for group in groups.withLock({ Array($0.values) }) { try await group.shutdownGracefully() }
    }
}
