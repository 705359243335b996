import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Keyring

@Suite("Guess estimates")
struct GuessEstimateTests {
    @Test("a common password falls in a second, a phrase of unusual words stands for years")
    func order() {
        #expect(GuessEstimate(of: Secret("password1"), words: []).seconds < 1)
        #expect(GuessEstimate(of: Secret("violet-harbour-spoon"), words: []).seconds > 365 * 86_400)
    }

    @Test("a word about the person makes it easier to guess")
    func ownWords() {
        let password = Secret("wergtzui-1")
        #expect(
            GuessEstimate(of: password, words: ["Wergtzui"]).bits < GuessEstimate(of: password, words: ["other"]).bits)
    }

    @Test("bits become seconds at 10,000 guesses a second, half of them needed")
    func seconds() {
        #expect(GuessEstimate(bits: 0).seconds == 0.00005)
        #expect(GuessEstimate(bits: 10).seconds == 0.0512)
        #expect(GuessEstimate(bits: 10.5).seconds == 0.0768)
        #expect(GuessEstimate(bits: .infinity).seconds.isFinite)
        #expect(GuessEstimate(bits: -1).seconds == GuessEstimate(bits: 0).seconds)
    }

    @Test("only the first 100 octets are looked at")
    func length() {
        let hundred = String((0..<100).map { Character(Unicode.Scalar(UInt8(33 + $0 * 37 % 90))) })
        let estimate = GuessEstimate(of: Secret(hundred), words: [])
        #expect(estimate.bits > 100)
        #expect(GuessEstimate(of: Secret(hundred + String(repeating: "x", count: 900)), words: []) == estimate)
    }

    @Test("whatever octets a password or a name has, there is an estimate", arguments: 0..<4)
    func noise(seed: UInt64) async throws {
        var rng = SplitMix64(seed: seed)
        let hasher = PasswordHasher(cost: PasswordHash.Cost(memory: 8, passes: 1, lanes: 1), threads: 1)
        for _ in 0..<100 {
            let octets = (0..<Int.random(in: 0..<200, using: &rng)).map { _ in
                UInt8.random(in: .min ... .max, using: &rng)
            }
            let words = [String(decoding: octets.prefix(9), as: UTF8.self), ""]
            let estimate = try await hasher.estimate(Secret(octets), words: words)
            #expect(estimate.bits >= 0)
        }
    }
}
