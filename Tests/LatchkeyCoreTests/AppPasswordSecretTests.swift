import LatchkeyTesting
import Testing

@testable import LatchkeyCore

struct AppPasswordSecretTests {
    private func read(_ text: String) -> AppPasswordSecret.Reading { AppPasswordSecret.read(Secret(text)) }

    private func display(_ secret: AppPasswordSecret) throws -> String { try #require(secret.display.reveal()) }

    @Test("what is shown is read back as the same secret", arguments: SecretFormat.allCases)
    func roundTrip(format: SecretFormat) throws {
        var rng = SplitMix64(seed: 7)
        for _ in 0..<200 {
            let issued = AppPasswordSecret.generate(format, using: &rng)
            guard case .appPassword(let back) = read(try display(issued)) else {
                Issue.record("not read back")
                return
            }
            #expect(back.normalised == issued.normalised)
            #expect(back.format == format)
        }
    }

    @Test("the standard form is five groups of five letters")
    func standardShape() throws {
        var rng = SplitMix64(seed: 8)
        let shown = try display(.generate(.standard, using: &rng))
        #expect(shown.wholeMatch(of: /[a-z]{5}(-[a-z]{5}){4}/) != nil)
    }

    @Test("the compact form is four groups of four letters")
    func compactShape() throws {
        var rng = SplitMix64(seed: 8)
        let shown = try display(.generate(.compact, using: &rng))
        #expect(shown.wholeMatch(of: /[a-z]{4}(-[a-z]{4}){3}/) != nil)
    }

    @Test("the token form is lk_ and 30 base62 characters")
    func tokenShape() throws {
        var rng = SplitMix64(seed: 8)
        let shown = try display(.generate(.token, using: &rng))
        #expect(shown.wholeMatch(of: /lk_[0-9A-Za-z]{30}/) != nil)
    }

    @Test(
        "case, blanks and dashes of every kind do not matter",
        arguments: [
            { $0.uppercased() }, { $0.replacing("-", with: "") }, { $0.replacing("-", with: " ") },
            { " " + $0 + "\n" }, { $0.replacing("-", with: "\u{2013}") }, { $0.replacing("-", with: "\u{a0}") },
            { $0.replacing("-", with: " - ") }, { $0.capitalizedFirst },
        ] as [@Sendable (String) -> String])
    func forgiving(typed: @Sendable (String) -> String) throws {
        var rng = SplitMix64(seed: 9)
        let issued = AppPasswordSecret.generate(.standard, using: &rng)
        guard case .appPassword(let back) = read(typed(try display(issued))) else {
            Issue.record("“\(typed("aaaaa-aaaaa"))” was not forgiven")
            return
        }
        #expect(back.normalised == issued.normalised)
    }

    @Test("a letter changed, lost or doubled is a typing mistake")
    func mistakes() throws {
        var rng = SplitMix64(seed: 10)
        let shown = try display(.generate(.standard, using: &rng))
        let changed = (shown.first == "a" ? "b" : "a") + shown.dropFirst()
        for wrong in [changed, String(shown.dropFirst()), shown + "a"] {
            guard case .mistyped = read(wrong) else {
                Issue.record("not told as a typing mistake")
                continue
            }
        }
    }

    @Test("a token with one character changed is a typing mistake")
    func tokenMistake() throws {
        var rng = SplitMix64(seed: 11)
        for place in 3..<33 {
            var shown = Array(try display(.generate(.token, using: &rng)))
            shown[place] = shown[place] == "x" ? "y" : "x"
            guard case .mistyped = read(String(shown)) else {
                Issue.record("character \(place) was not covered")
                continue
            }
        }
    }

    @Test(
        "what Latchkey never issues is foreign",
        arguments: [
            "", "hunter2", "Correct Horse 7 Battery", "пароль", String(repeating: "a", count: 129), "\0", "lettersonly",
        ])
    func foreign(text: String) {
        guard case .foreign = read(text) else {
            Issue.record("not foreign")
            return
        }
    }

    @Test("random letters are spread over the whole alphabet")
    func spread() {
        var rng = SystemRandomNumberGenerator()
        var seen: Set<UInt8> = []
        for _ in 0..<100 {
            AppPasswordSecret.generate(.standard, using: &rng).normalised.withBytes { seen.formUnion($0) }
        }
        #expect(seen.count == 26)
    }

    @Test("no octets make the parser trap")
    func anything() {
        var rng = SplitMix64(seed: 12)
        for _ in 0..<5_000 {
            let octets = (0..<Int.random(in: 0...140, using: &rng)).map { _ in UInt8.random(in: 0...255, using: &rng) }
            _ = AppPasswordSecret.read(Secret(octets))
        }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
