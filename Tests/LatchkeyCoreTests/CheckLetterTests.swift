import LatchkeyTesting
import Testing

@testable import LatchkeyCore

struct CheckLetterTests {
    private func word(_ length: Int, _ rng: inout SplitMix64) -> [UInt8] {
        let random = (1..<length).map { _ in UInt8.random(in: 0..<26, using: &rng) }
        return random + [CheckLetter.compute(over: random)]
    }

    @Test("a word with its check letter verifies", arguments: [2, 16, 25])
    func verifies(length: Int) {
        var rng = SplitMix64(seed: 1)
        for _ in 0..<200 { #expect(CheckLetter.verifies(word(length, &rng))) }
    }

    @Test("every substitution of a single letter is caught", arguments: [16, 25])
    func substitution(length: Int) {
        var rng = SplitMix64(seed: 2)
        for _ in 0..<50 {
            let right = word(length, &rng)
            for place in right.indices {
                for letter in UInt8(0)..<26 where letter != right[place] {
                    var wrong = right
                    wrong[place] = letter
                    #expect(!CheckLetter.verifies(wrong))
                }
            }
        }
    }

    @Test("of the transpositions of two neighbours fewer than 1 in 100 pass")
    func transposition() {
        var rng = SplitMix64(seed: 3)
        var tried = 0
        var passed = 0
        for _ in 0..<2_000 {
            let right = word(25, &rng)
            for place in right.indices.dropLast() where right[place] != right[place + 1] {
                var wrong = right
                wrong.swapAt(place, place + 1)
                tried += 1
                if CheckLetter.verifies(wrong) { passed += 1 }
            }
        }
        #expect(tried > 40_000)
        #expect(passed * 100 < tried, "\(passed) of \(tried)")
    }

    @Test("no transposition that the recursion tells apart passes, whatever came before")
    func exactTranspositions() {
        // From every state of the running product, over every pair of letters: the misses are the pairs whose two orders
        // lead to the same product. ISO 7064 names no others.
        var missed = 0
        for first in UInt8(0)..<26 {
            for a in UInt8(0)..<26 {
                for b in UInt8(0)..<26 where a != b {
                    let right = [first, a, b]
                    let check = CheckLetter.compute(over: right)
                    if CheckLetter.verifies([first, b, a, check]) { missed += 1 }
                }
            }
        }
        #expect(missed * 100 < 26 * 26 * 25, "\(missed) of \(26 * 26 * 25)")
    }
}
