import LatchkeyCore
import LatchkeyTesting
import Logging
import Synchronization
import Testing

@testable import Notifications

struct NotifierTests {
    @Test("each target is told everything once and in order, in its own batches")
    func order() async throws {
        let stage = try Stage(revocations: 5)
        let sent = await stage.run([ScriptedTarget("one", batch: 1), ScriptedTarget("many", batch: 3)])
        #expect(sent["one"] == [[1], [2], [3], [4], [5]])
        #expect(sent["many"] == [[1, 2, 3], [4, 5]])
        #expect(stage.feed.positions == ["one": 5, "many": 5])
    }

    @Test("what was not taken is told again, before anything that came later; another target does not wait for it")
    func retry() async throws {
        let stage = try Stage(revocations: 3)
        let sent = await stage.run([ScriptedTarget("one", batch: 1), ScriptedTarget("flaky", batch: 1, failing: 3)])
        #expect(sent["flaky"] == [[1], [1], [1], [1], [2], [3]])
        #expect(sent["one"] == [[1], [2], [3]])
        #expect(stage.waits.filter { $0 >= .seconds(1) } == [.seconds(1), .seconds(2), .seconds(4)])
    }

    @Test("a target that refuses one notice is told the next")
    func refusal() async throws {
        let stage = try Stage(revocations: 2)
        let sent = await stage.run([ScriptedTarget("picky", batch: 1, refusing: 1)])
        #expect(sent["picky"] == [[1], [1], [1], [1], [1], [2]])
        #expect(stage.feed.positions == ["picky": 2])
    }

    @Test("a target that was never reached begins again where it was")
    func restart() async throws {
        let stage = try Stage(revocations: 2)
        _ = await stage.run([ScriptedTarget("one", batch: 1, failing: .max)], until: 4)
        #expect(stage.feed.positions == ["one": 0])
        let sent = await stage.run([ScriptedTarget("one", batch: 1)])
        #expect(sent["one"] == [[1], [2]])
    }

    @Test("trouble with the feed passes")
    func feedTrouble() async throws {
        let stage = try Stage(revocations: 1)
        stage.feed.failuresLeft.withLock { $0 = 2 }
        #expect(await stage.run([ScriptedTarget("one", batch: 1)])["one"] == [[1]])
        #expect(stage.waits.contains(RetryPlan.longestWait))
    }
}

/// A notifier whose waits take no time, over a feed in memory.
private final class Stage: Sendable {
    let feed: ScriptedFeed
    private let waited = Mutex<[Duration]>([])
    private let sent = Mutex<[String: [[Int64]]]>([:])

    init(revocations count: Int64) throws {
        feed = ScriptedFeed(try (1...count).map { try revocation(login: "alice@example.com", sequence: $0) })
    }

    var waits: [Duration] { waited.withLock { $0 } }

    /// What each target was sent, by number, until all have been told everything and nothing more happens, or until `most` posts.
    func run(_ targets: [ScriptedTarget], until most: Int = .max) async -> [String: [[Int64]]] {
        sent.withLock { $0 = [:] }
        let notifier = Notifier(
            targets: targets, feed: feed, now: { Timestamp(seconds: 1_795_507_200) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await withTaskGroup { group in
            let (ends, end) = AsyncStream.makeStream(of: Void.self)
            group.addTask {
                await notifier.run { notice in
                    let numbers = notice.body.map { Int64($0) }
                    let total = self.sent.withLock { sent in
                        sent[notice.url, default: []].append(numbers)
                        return sent.values.reduce(0) { $0 + $1.count }
                    }
                    if total >= most { end.yield() }
                    return Answer(status: Int(numbers.first ?? 0))
                } wait: { duration in
                    self.waited.withLock { $0.append(duration) }
                    try Task.checkCancellation()
                    if Set(self.feed.positions.values) == [self.feed.last], self.feed.positions.count == targets.count {
                        end.yield()
                    }
                    await Task.yield()
                }
            }
            for await _ in ends { break }
            group.cancelAll()
        }
        return sent.withLock { $0 }
    }
}

/// Fails so many times, or refuses one notice for ever.
private final class ScriptedTarget: NoticeTarget {
    let id: String
    var label: String { id }
    let batch: Int
    private let failuresLeft: Mutex<Int>
    private let refused: Int?

    init(_ id: String, batch: Int, failing: Int = 0, refusing refused: Int? = nil) {
        self.id = id
        self.batch = batch
        failuresLeft = Mutex(failing)
        self.refused = refused
    }

    func notice(of revocations: [Revocation], at now: Timestamp) -> Notice {
        Notice(url: id, body: revocations.map { UInt8($0.sequence) })
    }

    func read(_ answer: Answer) throws(NotTold) {
        if answer.status == refused { throw NotTold("no", isRefusal: true) }
        let fails = failuresLeft.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        if fails { throw NotTold("away") }
    }
}

private final class ScriptedFeed: RevocationFeed {
    private let all: [Revocation]
    private let kept = Mutex<[String: Int64]>([:])
    let failuresLeft = Mutex(0)

    init(_ all: [Revocation]) {
        self.all = all
    }

    var positions: [String: Int64] { kept.withLock { $0 } }
    var last: Int64 { all.last?.sequence ?? 0 }

    func position(of reader: String) async throws(StoreError) -> Int64 {
        kept.withLock { kept in
            if kept[reader] == nil { kept[reader] = 0 }
            return kept[reader] ?? 0
        }
    }

    func revocations(after position: Int64, limit: Int) async throws(StoreError) -> [Revocation] {
        let fails = failuresLeft.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        if fails { throw StoreError("the disk is gone") }
        return Array(all.filter { $0.sequence > position }.prefix(limit))
    }

    func advance(_ reader: String, to position: Int64) async throws(StoreError) {
        kept.withLock { $0[reader] = position }
    }
}
