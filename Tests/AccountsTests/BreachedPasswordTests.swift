import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Accounts

@Suite("Breached passwords")
struct BreachedPasswordTests {
    private let rule = PasswordRule(context: ["alice@example.com", "Alice Liddell"])

    private func isRefused(_ password: String) -> Bool {
        do throws(InvalidInput) {
            try rule.check(Secret(password))
            return false
        } catch {
            return error.text(for: "password")?.contains("easy to guess") == true
        }
    }

    /// The most common first.
    private static let mostCommon = """
        password 12345678 123456789 baseball football qwertyuiop 1234567890 superman 1qaz2wsx trustno1 sunshine
        iloveyou computer starwars princess 11111111 corvette 1234qwer internet samantha q1w2e3r4t5 maverick
        whatever mercedes steelers qwer1234 hardcore q1w2e3r4 midnight bigdaddy marlboro password1 1q2w3e4r
        cocacola jordan23 asdfasdf 12344321 liverpoo qwerty123 passw0rd abcd1234 slipknot scorpion startrek
        asdfghjkl redskins qazwsxedc liverpool butthead dolphins qwertyui shithead metallic mountain elephant
        rush2112 1q2w3e4r5t creative garfield bullshit asdfghjk 1qazxsw2 airborne brooklyn godzilla 4815162342
        darkness blink182 platinum 01012011 11223344 lifehack 12qwaszx snowball nintendo pakistan redwings
        explorer guinness lasvegas 789456123 christin asdf1234 babygirl michigan carolina alexande dickhead
        minecraft metallica snickers paradise 147258369 lacrosse bollocks poohbear qweasdzxc einstein drowssap
        spitfire
        """.split(whereSeparator: \.isWhitespace).map { String($0) }

    @Test("the hundred most common passwords of breaches that are long enough are refused")
    func mostCommon() {
        #expect(Self.mostCommon.count == 100)
        for password in Self.mostCommon { #expect(isRefused(password), "\(password)") }
    }

    @Test("the list is whole: more than the 3,000 that ASVS 6.2.4 asks for, all long enough, in lower case and ASCII")
    func list() {
        #expect(BreachedPasswords.all.count == 11_611)
        for password in BreachedPasswords.all {
            #expect(
                password.utf8.count >= PasswordRule.minimumLength && password.utf8.count <= BreachedPasswords.longest)
            #expect(password.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !(0x41...0x5a).contains($0) })
        }
    }

    @Test("every one of the list is refused, as it is and in disguise", arguments: 0..<8)
    func disguised(part: Int) {
        var rng = SplitMix64(seed: UInt64(part))
        let masks: [Character: Character] = ["a": "@", "e": "3", "i": "1", "o": "0", "s": "$", "t": "7"]
        for (place, password) in BreachedPasswords.all.sorted().enumerated() where place % 8 == part {
            #expect(isRefused(String(password)), "\(password)")
            let capitals = String(password.map { Bool.random(using: &rng) ? Character($0.uppercased()) : $0 })
            #expect(isRefused(capitals), "\(capitals)")
            let added = "\(capitals)\(Int.random(in: 0...99, using: &rng))!"
            #expect(isRefused(added), "\(added)")
            guard password.allSatisfy(\.isLetter) else { continue }
            let masked = String(password.map { Bool.random(using: &rng) ? masks[$0] ?? $0 : $0 })
            #expect(isRefused(masked), "\(masked)")
        }
    }

    @Test("of random letters none is refused", arguments: 0..<4)
    func random(seed: UInt64) {
        var rng = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let password = String((0..<16).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement(using: &rng) ?? "x" })
            #expect(!isRefused(password), "\(password)")
        }
    }

    @Test(
        "a password is judged the same however its accents were composed, and whatever case it is in", arguments: 0..<4)
    func composition(seed: UInt64) {
        var rng = SplitMix64(seed: seed)
        let letters = ["\u{e9}", "\u{fc}", "\u{d55c}", "a", "1", "\u{f1}", "s"]
        let apart = ["e\u{301}", "u\u{308}", "\u{1112}\u{1161}\u{11ab}", "a", "1", "n\u{303}", "s"]
        for _ in 0..<300 {
            let places = (0..<Int.random(in: 0..<20, using: &rng)).map { _ in
                letters.indices.randomElement(using: &rng) ?? 0
            }
            func outcome(_ text: String) -> String? {
                do throws(InvalidInput) {
                    try rule.check(Secret(text))
                    return nil
                } catch {
                    return error.text(for: "password")
                }
            }
            let composed = places.map { letters[$0] }.joined()
            #expect(outcome(composed) == outcome(places.map { apart[$0] }.joined()))
            #expect(outcome(composed) == outcome(composed.uppercased()))
        }
    }

    @Test("no text traps, whatever is in it", arguments: 0..<4)
    func noise(seed: UInt64) {
        var rng = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let octets = (0..<Int.random(in: 0..<300, using: &rng)).map { _ in
                UInt8.random(in: .min ... .max, using: &rng)
            }
            do throws(InvalidInput) { try rule.check(Secret(octets)) } catch { #expect(!error.problems.isEmpty) }
        }
    }
}
