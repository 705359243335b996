import LatchkeyTesting
import Testing

@testable import TOTP

struct TOTPTests {
    private let totp = TOTP(key: Array("12345678901234567890".utf8))
    private let now: Int64 = 1_795_507_200

    private func read(_ text: String, at seconds: Int64, lastStep: Int64? = nil) throws -> TOTP.Reading {
        totp.read(try #require(OneTimeCode(text)), at: seconds, lastStep: lastStep)
    }

    @Test("the codes of the step before, this one and the next are taken, no others", arguments: Int64(-4)...4)
    func window(offset: Int64) throws {
        let step = TOTP.step(at: now) + offset
        let reading = try read(totp.code(at: now + offset * TOTP.period), at: now)
        #expect(reading == (abs(offset) <= 1 ? .valid(step: step) : .wrong))
    }

    @Test("the window moves with the step, not with the second")
    func stepBorder() throws {
        let code = totp.code(at: now)
        #expect(try read(code, at: now + 59) == .valid(step: TOTP.step(at: now)))
        #expect(try read(code, at: now + 60) == .wrong)
        #expect(try read(code, at: now - 30) == .valid(step: TOTP.step(at: now)))
        #expect(try read(code, at: now - 31) == .wrong)
    }

    @Test("a code is taken once, and none before it afterwards")
    func replay() throws {
        let step = TOTP.step(at: now)
        #expect(try read(totp.code(at: now), at: now, lastStep: step) == .used)
        #expect(try read(totp.code(at: now - 30), at: now, lastStep: step) == .used)
        #expect(try read(totp.code(at: now + 30), at: now, lastStep: step) == .valid(step: step + 1))
        #expect(try read(totp.code(at: now), at: now, lastStep: step - 1) == .valid(step: step))
    }

    @Test("a code with leading zeros keeps them")
    func leadingZeros() throws {
        // RFC 6238, Appendix B: 07081804 at 1111111109.
        #expect(totp.code(at: 1_111_111_109) == "081804")
        #expect(try read("081804", at: 1_111_111_109) == .valid(step: 1_111_111_109 / 30))
    }

    @Test("the first moments of 1970 have a window too")
    func beginning() throws {
        #expect(try read(totp.code(at: 0), at: 0) == .valid(step: 0))
        #expect(try read(totp.code(at: 0), at: -5) == .valid(step: 0))
    }

    @Test(
        "blanks and dashes in a code are forgiven",
        arguments: ["287082", "287 082", " 287082 ", "287-082", "2 8 7 0 8 2"])
    func forgiven(text: String) throws {
        #expect(try read(text, at: 59) == .valid(step: 1))
    }

    @Test(
        "what is not six digits is no code",
        arguments: [
            "", "28708", "2870820", "28708a", "+28708", "２８７０８２", "287.082",
            String(repeating: " ", count: 40) + "287082",
        ])
    func noCode(text: String) {
        #expect(OneTimeCode(text) == nil)
    }

    @Test("of random codes only those of the window are taken")
    func property() throws {
        var rng = SplitMix64(seed: 6238)
        for _ in 0..<200 {
            let totp = TOTP(key: TOTP.generateKey(using: &rng))
            let moment = Int64.random(in: 60...20_000_000_000, using: &rng)
            let digits = String(Int.random(in: 1_000_000..<2_000_000, using: &rng)).dropFirst()
            let window = [-30, 0, 30].map { totp.code(at: moment + $0) }
            let reading = totp.read(try #require(OneTimeCode(digits)), at: moment, lastStep: nil)
            #expect((reading != .wrong) == window.contains(String(digits)))
            for code in window {
                #expect(totp.read(try #require(OneTimeCode(code)), at: moment, lastStep: nil) != .wrong)
            }
        }
    }
}

struct KeyURITests {
    /// RFC 4648 §10, without padding.
    @Test(
        "Base32 is that of RFC 4648",
        arguments: zip(
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"],
            ["", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"]))
    func base32(plain: String, encoded: String) {
        #expect(String(decoding: Base32.encode(plain.utf8), as: UTF8.self) == encoded)
    }

    @Test("a secret has 160 bits, so its Base32 needs no padding")
    func keyLength() {
        var rng = SplitMix64(seed: 1)
        #expect(Base32.encode(TOTP.generateKey(using: &rng)).count == 32)
    }

    @Test("the URI carries issuer, account and secret")
    func uri() {
        let uri = KeyURI.totp(key: "12345678901234567890".utf8, issuer: "Latchkey", account: "alice@example.com")
        #expect(
            String(decoding: uri, as: UTF8.self)
                == "otpauth://totp/Latchkey:alice%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Latchkey"
        )
    }

    @Test("nothing in a name can leave its place in the URI")
    func escaping() {
        let uri = KeyURI.totp(key: "k".utf8, issuer: "A & B: Söhne", account: "x?secret=AAAA#/ä")
        #expect(
            String(decoding: uri, as: UTF8.self)
                == "otpauth://totp/A%20%26%20B%3A%20S%C3%B6hne:x%3Fsecret%3DAAAA%23%2F%C3%A4?secret=NM&issuer=A%20%26%20B%3A%20S%C3%B6hne"
        )
    }
}
