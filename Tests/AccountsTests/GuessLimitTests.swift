import Keyring
import LatchkeyCore
import LatchkeyTesting
import Storage
import TOTP
import Testing

@testable import Accounts

struct GuessLimitTests {
    private typealias Limit = GuessLimit<Int>
    private static let rule = Limit.Rule(free: 2, freeOfOrigin: 6, firstWait: .seconds(10), longestWait: .seconds(60))
    private let start = Timestamp(seconds: 1_795_507_200)
    private let here = Network("192.0.2.7")
    private let there = Network("198.51.100.9")

    /// A wrong guess; the seconds it would have to wait instead, if it has to.
    private func guess(_ limit: inout Limit, _ account: Int, _ origin: Network?, at time: Timestamp) -> Int64? {
        switch limit.charge(account, from: origin, at: time) {
        case .admitted: nil
        case .blocked(let until, _): (until - time).components.seconds
        }
    }

    @Test("each wrong guess beyond the free ones doubles the wait, up to the longest")
    func doubling() {
        var limit = Limit(Self.rule)
        var time = start
        var waits: [Int64] = []
        for _ in 0..<8 {
            #expect(guess(&limit, 1, here, at: time) == nil)
            let wait = guess(&limit, 1, here, at: time) ?? 0
            waits.append(wait)
            time = time + .seconds(wait)
        }
        // The second guess of the first round was free too.
        #expect(waits == [0, 10, 20, 40, 60, 60, 60, 60])
    }

    @Test("an origin that guesses for many accounts has to wait for all of them")
    func spraying() {
        var limit = Limit(Self.rule)
        for account in 0..<7 { #expect(guess(&limit, account, here, at: start) == nil) }
        #expect(guess(&limit, 99, here, at: start) == 10)
        #expect(guess(&limit, 99, there, at: start) == nil)
    }

    @Test("a right guess forgets the account's wrong ones and makes the origin familiar")
    func success() {
        var limit = Limit(Self.rule)
        #expect(guess(&limit, 1, here, at: start) == nil)
        #expect(guess(&limit, 1, here, at: start) == nil)
        guard case .admitted(let charge) = limit.charge(1, from: here, at: start) else {
            Issue.record("not admitted")
            return
        }
        limit.succeed(charge, at: start)
        for _ in 0..<3 { #expect(guess(&limit, 1, there, at: start) == nil) }
        #expect(guess(&limit, 1, there, at: start) == 10)
        #expect(guess(&limit, 1, here, at: start) == nil)
    }

    @Test("a right guess from a familiar origin does not forget what strangers guessed")
    func strangers() {
        var limit = Limit(Self.rule)
        for time in [start, start + .seconds(1)] {
            guard case .admitted(let charge) = limit.charge(1, from: here, at: time) else {
                Issue.record("not admitted")
                return
            }
            limit.succeed(charge, at: time)
            if time == start { for _ in 0..<3 { #expect(guess(&limit, 1, there, at: start) == nil) } }
        }
        #expect(guess(&limit, 1, there, at: start + .seconds(1)) == 9)
    }

    @Test("a familiar origin has a limit of its own, and is strange again after 30 days")
    func familiarity() {
        var limit = Limit(Self.rule)
        guard case .admitted(let charge) = limit.charge(1, from: here, at: start) else {
            Issue.record("not admitted")
            return
        }
        limit.succeed(charge, at: start)
        for _ in 0..<3 { #expect(guess(&limit, 1, here, at: start) == nil) }
        #expect(guess(&limit, 1, here, at: start) == 10)
        #expect(guess(&limit, 2, here, at: start) == nil)
        let later = start + .days(31)
        for _ in 0..<3 { #expect(guess(&limit, 1, there, at: later) == nil) }
        #expect(guess(&limit, 1, here, at: later) == 10)
    }

    @Test("wrong guesses do not keep an origin familiar")
    func notRenewed() {
        var limit = Limit(Self.rule)
        guard case .admitted(let charge) = limit.charge(1, from: here, at: start) else {
            Issue.record("not admitted")
            return
        }
        limit.succeed(charge, at: start)
        for day in 1...31 { #expect(guess(&limit, 1, here, at: start + .days(day)) == nil) }
        for _ in 0..<2 { #expect(guess(&limit, 1, there, at: start + .days(31)) == nil) }
        #expect(guess(&limit, 1, here, at: start + .days(31)) == 10)
    }

    @Test("what is given back was never counted")
    func givenBack() {
        var limit = Limit(Self.rule)
        for _ in 0..<50 {
            guard case .admitted(let charge) = limit.charge(1, from: here, at: start) else {
                Issue.record("not admitted")
                return
            }
            limit.giveBack(charge)
        }
        for _ in 0..<3 { #expect(guess(&limit, 1, here, at: start) == nil) }
        #expect(guess(&limit, 1, here, at: start) == 10)
    }

    @Test("wrong guesses are forgotten after a quiet day, and not before")
    func forgotten() {
        var limit = Limit(Self.rule)
        for _ in 0..<3 { #expect(guess(&limit, 1, here, at: start) == nil) }
        #expect(guess(&limit, 1, here, at: start + .days(1)) == nil)
        #expect(guess(&limit, 1, here, at: start + .days(1)) == 20)
        #expect(guess(&limit, 1, here, at: start + .days(3)) == nil)
        #expect(guess(&limit, 1, here, at: start + .days(3)) == nil)
    }

    @Test("nobody who guesses all the time gets more than the rule allows")
    func property() {
        var rng = SplitMix64(seed: 4_226)
        for _ in 0..<50 {
            var limit = Limit(Self.rule)
            var time = start
            var admitted = 0
            let end = start + .seconds(3_600)
            while time < end {
                let origin = Network("203.0.113.\(Int.random(in: 1...250, using: &rng))")
                if guess(&limit, 1, origin, at: time) == nil { admitted += 1 }
                time = time + .milliseconds(Int.random(in: 1...2_000, using: &rng))
            }
            // Two free, then one after each of 10, 20 and 40 s, then one a minute.
            #expect(admitted <= 6 + 3_600 / 60)
        }
    }

    @Test("a flood of subjects does not grow the memory without bound")
    func capacity() {
        var limit = Limit(Self.rule, capacity: 64)
        for account in 0..<10_000 { _ = guess(&limit, account, nil, at: start + .milliseconds(account)) }
        #expect(limit.count <= 64)
    }
}
