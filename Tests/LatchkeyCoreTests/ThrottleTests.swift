import LatchkeyTesting
import Testing

@testable import LatchkeyCore

struct ThrottleTests {
    private let start = Timestamp(seconds: 1_000)
    private let alice = LoginName("alice@example.com").map { Throttle.Subject.login($0) }

    @Test("the first wrong secret costs nothing")
    func first() throws {
        var throttle = Throttle()
        let decision = throttle.recordFailure(of: [try #require(alice)], digest: 1, at: start)
        #expect(decision == Throttle.Decision(isBlocked: false, hold: .zero))
    }

    @Test("the same wrong secret again is no further guess, however often")
    func repeated() throws {
        var throttle = Throttle()
        let alice = try #require(alice)
        for turn in 0..<1_000 {
            let decision = throttle.recordFailure(of: [alice], digest: 42, at: start + .seconds(turn))
            #expect(!decision.isBlocked)
        }
        #expect(throttle.blockedUntil(alice, at: start + .seconds(1_000)) == nil)
    }

    @Test("each guess beyond the free ones doubles the wait, up to a quarter of an hour")
    func doubles() throws {
        var throttle = Throttle()
        let alice = try #require(alice)
        for guess in 0..<UInt64(Throttle.free) { _ = throttle.recordFailure(of: [alice], digest: guess, at: start) }
        #expect(throttle.blockedUntil(alice, at: start) == nil)
        var waits: [Duration] = []
        for guess in 100..<UInt64(115) {
            _ = throttle.recordFailure(of: [alice], digest: guess, at: start)
            waits.append(try #require(throttle.blockedUntil(alice, at: start)) - start)
        }
        #expect(waits.prefix(3) == [.seconds(2), .seconds(4), .seconds(8)])
        #expect(waits.last == Throttle.longestBlock)
    }

    @Test("no answer is held back longer than relying servers wait")
    func hold() throws {
        var throttle = Throttle()
        let alice = try #require(alice)
        for guess in 0..<UInt64(100) {
            #expect(throttle.recordFailure(of: [alice], digest: guess, at: start).hold <= Verdict.longestHold)
        }
    }

    @Test("an hour of quiet is forgiven")
    func forgets() throws {
        var throttle = Throttle()
        let alice = try #require(alice)
        for guess in 0..<UInt64(20) { _ = throttle.recordFailure(of: [alice], digest: guess, at: start) }
        let later = start + Throttle.memory + .seconds(1)
        #expect(throttle.recordFailure(of: [alice], digest: 99, at: later).isBlocked == false)
        #expect(throttle.blockedUntil(alice, at: later) == nil)
    }

    @Test("a flood of origins does not grow it without bound")
    func bounded() throws {
        var throttle = Throttle(capacity: 64)
        for host in 0..<1_000 {
            let address = try #require(IPAddress(octets: [10, 0, UInt8(host / 256), UInt8(host % 256)]))
            let origin = try #require(Throttle.Subject.origin(of: address))
            _ = throttle.recordFailure(of: [origin], digest: UInt64(host), at: start + .seconds(host))
        }
        #expect(throttle.count <= 64)
    }
}
