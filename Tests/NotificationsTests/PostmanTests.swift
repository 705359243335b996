import LatchkeyCore
import LatchkeyTesting
import Logging
import Synchronization
import Testing

@testable import Notifications

struct PostmanTests {
    @Test("what is queued is sent once each, in its order, and is then gone")
    func order() async throws {
        let stage = try Stage(alerts: 3)
        await stage.run { _ in nil }
        #expect(stage.sent == [0, 1, 2])
        #expect(stage.queue.left.isEmpty)
    }

    @Test("while the server is away nothing is lost, and it is asked again after longer and longer waits")
    func serverAway() async throws {
        let stage = try Stage(alerts: 2)
        await stage.run { $0 < 4 ? DeliveryFailure(.server, "refused") : nil }
        #expect(stage.sent == [0, 0, 0, 0, 0, 1])
        #expect(stage.queue.left.isEmpty)
        #expect(stage.waits.filter { $0 > .seconds(1) } == [.seconds(2), .seconds(4), .seconds(8)])
    }

    @Test("a message that is not taken for now holds up no other, and is tried again later")
    func temporary() async throws {
        let stage = try Stage(alerts: 2)
        await stage.run { $0 == 0 ? DeliveryFailure(.temporary, "greylisted") : nil }
        #expect(stage.sent == [0, 1, 0])
        #expect(stage.queue.left.isEmpty)
    }

    @Test("a message that is refused for good is given up, with a line in the log, and the next is sent")
    func permanent() async throws {
        let stage = try Stage(alerts: 2)
        await stage.run { $0 == 0 ? DeliveryFailure(.permanent, "no such user") : nil }
        #expect(stage.sent == [0, 1])
        #expect(stage.queue.left.isEmpty)
        #expect(stage.log == ["an alert is given up"])
    }

    @Test("after three days in vain a message is given up")
    func patience() async throws {
        let stage = try Stage(alerts: 1)
        await stage.run { _ in DeliveryFailure(.temporary, "not today") }
        #expect(stage.sent.count > 10, "it was tried all the time")
        #expect(stage.sent.count < 100, "and not all too often")
        #expect(stage.queue.left.isEmpty)
        #expect(stage.log == ["an alert is given up"])
        #expect(stage.clock.now - stage.start >= AlertRule.patience)
    }

    @Test("what the server has taken is not sent again while the queue cannot be rid of it, as when the disk is full")
    func fullDisk() async throws {
        let stage = try Stage(alerts: 2)
        stage.queue.failures.withLock { $0 = 5 }
        await stage.run { _ in nil }
        #expect(stage.sent == [0, 1])
        #expect(stage.queue.left.isEmpty)
        #expect(stage.log.count == 5)
    }

    @Test("waits grow to their longest and stay there")
    func waits() {
        #expect((1...4).map { AlertRetry.server(after: $0) } == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(AlertRetry.server(after: 100) == AlertRetry.longestServerWait)
        #expect(AlertRetry.message(after: 1) == .seconds(30))
        #expect(AlertRetry.message(after: 1_000) == AlertRetry.longestMessageWait)
    }
}

/// A postman whose waits move the clock and take no time.
private final class Stage: Sendable {
    let clock = ManualClock()
    let start: Timestamp
    let queue: ScriptedQueue
    private let recipients = Mutex<[Int]>([])
    private let waited = Mutex<[Duration]>([])
    private let logged = LogLines()

    var sent: [Int] { recipients.withLock { $0 } }
    var waits: [Duration] { waited.withLock { $0 } }
    /// Errors only.
    var log: [String] { logged.lines.withLock { $0 } }

    init(alerts count: Int) throws {
        let start = clock.now
        self.start = start
        var rng = SplitMix64(seed: 5)
        queue = ScriptedQueue(
            try (0..<count).map { number in
                Alert(
                    id: AlertID(at: Timestamp(seconds: Int64(number)), using: &rng), kind: .appPasswordCreated,
                    recipient: try #require(MailAddress("\(number)@example.com")),
                    login: try #require(LoginName("\(number)@example.com")), time: start, queued: start)
            })
    }

    /// Until nothing is left; `fate` of each send, counted from 0.
    func run(_ fate: @escaping @Sendable (Int) -> DeliveryFailure?) async {
        let office = MailOffice(
            sender: MailAddress("latchkey@example.com") ?? queue.first, portal: "https://keys.example.com",
            revocationToken: { _ in Secret("token") }, utcOffset: { _ in 0 }, now: { self.clock.now })
        let logged = logged
        let postman = Postman(
            queue: queue, office: office,
            send: { envelope throws(DeliveryFailure) in
                let number = self.recipients.withLock { sent in
                    sent.append(Int(envelope.recipient.text.prefix { $0 != "@" }) ?? -1)
                    return sent.count - 1
                }
                if let failure = fate(number) { throw failure }
            },
            wait: { duration in
                try Task.checkCancellation()
                self.waited.withLock { $0.append(duration) }
                self.clock.advance(by: duration)
                await Task.yield()
            }, now: { self.clock.now }, logger: Logger(label: "test") { _ in logged })
        await withTaskGroup { group in
            group.addTask { await postman.run() }
            while !queue.left.isEmpty { await Task.yield() }
            group.cancelAll()
        }
    }
}

private final class ScriptedQueue: AlertQueue {
    private let alerts: Mutex<[(alert: Alert, due: Timestamp)]>
    let first: MailAddress
    /// So many removals do not work.
    let failures = Mutex(0)

    init(_ all: [Alert]) {
        alerts = Mutex(all.map { ($0, $0.queued) })
        first = all[0].recipient
    }

    var left: [AlertID] { alerts.withLock { $0.map(\.alert.id) } }

    func gather(at now: Timestamp) async throws(StoreError) -> Bool { false }
    func gatherExpiring(at now: Timestamp) async throws(StoreError) -> Bool { false }

    func due(at now: Timestamp, limit: Int) async throws(StoreError) -> [Alert] {
        alerts.withLock { alerts in Array(alerts.filter { $0.due <= now }.map(\.alert).prefix(limit)) }
    }

    func remove(_ id: AlertID) async throws(StoreError) {
        guard
            failures.withLock({ left in
                defer { left = max(0, left - 1) }
                return left == 0
            })
        else { throw StoreError("database or disk is full") }
        alerts.withLock { $0.removeAll { $0.alert.id == id } }
    }

    func postpone(_ id: AlertID, until time: Timestamp) async throws(StoreError) {
        alerts.withLock { alerts in
            guard let place = alerts.firstIndex(where: { $0.alert.id == id }) else { return }
            alerts[place].due = time
            alerts[place].alert.attempts += 1
        }
    }
}
