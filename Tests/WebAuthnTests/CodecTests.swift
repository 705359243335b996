import LatchkeyTesting
import Testing

@testable import WebAuthn

struct CBORTests {
    /// RFC 8949, Appendix A, of the kinds that are read.
    @Test(
        "the examples of RFC 8949 are read as what they are",
        arguments: [
            ("00", CBOR.integer(0)), ("17", .integer(23)), ("1818", .integer(24)), ("1903e8", .integer(1_000)),
            ("1a000f4240", .integer(1_000_000)), ("1b000000e8d4a51000", .integer(1_000_000_000_000)),
            ("20", .integer(-1)),
            ("3863", .integer(-100)), ("3903e7", .integer(-1_000)), ("f4", .bool(false)), ("f5", .bool(true)),
            ("f6", .null), ("40", .octets([])), ("4401020304", .octets([1, 2, 3, 4])), ("60", .text("")),
            ("6449455446", .text("IETF")), ("62c3bc", .text("ü")), ("80", .array([])),
            ("83010203", .array([.integer(1), .integer(2), .integer(3)])), ("a0", .map([:])),
            ("a201020304", .map([.integer(1): .integer(2), .integer(3): .integer(4)])),
            ("1b7fffffffffffffff", .integer(.max)), ("3b7fffffffffffffff", .integer(.min)),
        ])
    func examples(hexadecimal: String, item: CBOR) throws {
        #expect(try CBORReader.item(octets(hexadecimal)[...]) == item)
        #expect(item.octets == octets(hexadecimal))
    }

    @Test(
        "what no authenticator writes is refused",
        arguments: [
            ("", CBORError.truncated), ("18", .truncated), ("1900", .truncated), ("4201", .truncated),
            ("a1", .truncated),
            ("8201", .truncated), ("5affffffff", .truncated), ("5b7fffffffffffffff", .truncated),
            ("0000", .trailingOctets),
            ("a000", .trailingOctets), ("5fff", .indefiniteLength), ("7fff", .indefiniteLength),
            ("9fff", .indefiniteLength),
            ("bfff", .indefiniteLength), ("ff", .indefiniteLength), ("1800", .notShortest), ("1817", .notShortest),
            ("190001", .notShortest), ("1a0000ffff", .notShortest), ("1b00000000ffffffff", .notShortest),
            ("580100", .notShortest), ("b80100f6", .notShortest), ("1bffffffffffffffff", .outOfRange),
            ("3bffffffffffffffff", .outOfRange), ("c000", .unsupportedKind), ("f7", .unsupportedKind),
            ("f90000", .unsupportedKind), ("fb0000000000000000", .unsupportedKind), ("f820", .unsupportedKind),
            ("1c", .unsupportedKind), ("a1f600", .unsupportedKey), ("a1410000", .unsupportedKey),
            ("a2010001f6", .duplicateKey),
            ("a26161006161f6", .duplicateKey), ("62c328", .invalidText), ("8181818181", .tooDeep),
            ("a101a101a101a101a1", .tooDeep),
            ("9841", .tooManyItems), ("b9ffff", .tooManyItems), ("9b7fffffffffffffff", .tooManyItems),
        ])
    func refused(hexadecimal: String, expected: CBORError) {
        #expect(throws: expected) { try CBORReader.item(octets(hexadecimal)[...]) }
    }

    @Test("four levels are read, five are not")
    func depth() throws {
        #expect(
            try CBORReader.item([0x81, 0x81, 0x81, 0x81, 0x00]) == .array([.array([.array([.array([.integer(0)])])])]))
        #expect(throws: CBORError.tooDeep) { try CBORReader.item([0x81, 0x81, 0x81, 0x81, 0x80]) }
    }

    @Test("random items come out as they went in, and no octet of them can be left out", arguments: UInt64(0)..<200)
    func roundTrip(seed: UInt64) throws {
        var rng = SplitMix64(seed: seed)
        let item = Self.random(depth: 0, using: &rng)
        let octets = item.octets
        #expect(try CBORReader.item(octets[...]) == item)
        for length in 0..<octets.count {
            #expect(throws: CBORError.self) { try CBORReader.item(octets[..<length]) }
        }
    }

    @Test("noise is read or refused, and what is read can be written again", arguments: UInt64(0)..<64)
    func noise(seed: UInt64) {
        var rng = SplitMix64(seed: seed)
        for _ in 0..<400 {
            let noise = (0..<Int.random(in: 0...24, using: &rng)).map { _ in UInt8.random(in: 0...255, using: &rng) }
            guard let item = try? CBORReader.item(noise[...]) else { continue }
            #expect(item.octets.count == noise.count)
        }
    }

    private static func random(depth: Int, using rng: inout SplitMix64) -> CBOR {
        switch Int.random(in: 0..<(depth < CBORReader.maximumDepth ? 8 : 6), using: &rng) {
        case 0: return .integer(.random(in: .min ... .max, using: &rng))
        case 1: return .integer(.random(in: -30...300, using: &rng))
        case 2: return .octets((0..<Int.random(in: 0...40, using: &rng)).map { _ in .random(in: 0...255, using: &rng) })
        case 3:
            return .text(
                String((0..<Int.random(in: 0...10, using: &rng)).map { _ in "aä€😀".randomElement(using: &rng) ?? "x" }))
        case 4: return .bool(.random(using: &rng))
        case 5: return .null
        case 6:
            return .array((0..<Int.random(in: 0...5, using: &rng)).map { _ in random(depth: depth + 1, using: &rng) })
        default:
            var pairs: [CBOR: CBOR] = [:]
            for _ in 0..<Int.random(in: 0...5, using: &rng) {
                pairs[.integer(.random(in: -300...300, using: &rng))] = random(depth: depth + 1, using: &rng)
            }
            return .map(pairs)
        }
    }
}

struct JSONTests {
    private func read(_ text: String) throws(JSONError) -> JSON { try JSONReader.value(Array(text.utf8), limit: 4_096) }

    @Test(
        "values are read as what they are",
        arguments: [
            ("null", JSON.null), (" true\n", .bool(true)), ("0", .number(0)), ("-12", .number(-12)),
            ("1.5", .number(nil)),
            ("1e3", .number(nil)), ("99999999999999999999", .number(nil)), ("\"a\\u00e9\\n\\/\"", .text("aé\n/")),
            ("\"\\ud83d\\ude00\"", .text("😀")), ("[]", .array([])),
            ("[ 1 , [2]]", .array([.number(1), .array([.number(2)])])),
            ("{}", .object([])),
            ("{\"a\":{\"b\":[]}}", .object([JSON.Member("a", .object([JSON.Member("b", .array([]))]))])),
        ])
    func values(text: String, value: JSON) throws {
        #expect(try read(text) == value)
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", " ", "nul", "tru", "True", "01", "+1", "-", "1.", ".5", "1e", "\"", "\"\\x\"", "\"\\u12g4\"",
            "\"a\nb\"", "[1,]",
            "[1 2]", "[", "{\"a\"}", "{\"a\":1,}", "{a:1}", "{", "'a'", "1 2", "{}{}", "\u{feff}{}", "[1]]",
            "\"\\u00\"",
        ])
    func syntax(text: String) {
        #expect(throws: JSONError.syntax) { try read(text) }
    }

    @Test("a name twice, half a surrogate pair, and too much of anything are refused")
    func limits() {
        #expect(throws: JSONError.duplicateName) { try read("{\"a\":1,\"b\":2,\"\\u0061\":1}") }
        for text in ["\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\u0041\"", "\"\\ud83dx\""] {
            #expect(throws: JSONError.invalidText) { try read(text) }
        }
        #expect(throws: JSONError.invalidText) { try JSONReader.value([0x22, 0xff, 0x22], limit: 10) }
        #expect(throws: JSONError.tooDeep) { try read(String(repeating: "[", count: 9)) }
        #expect(throws: JSONError.tooDeep) { try read(String(repeating: "{\"a\":", count: 9)) }
        #expect(throws: JSONError.tooManyItems) { try read("[" + String(repeating: "1,", count: 65)) }
        #expect(throws: JSONError.tooLong) { try JSONReader.value([UInt8](repeating: 0x20, count: 11), limit: 10) }
    }

    @Test("what is written reads as itself, whatever is in its texts")
    func roundTrip() throws {
        var rng = SplitMix64(seed: 8_259)
        for _ in 0..<200 {
            let text = String(
                String.UnicodeScalarView(
                    (0..<20).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x2ff, using: &rng)) }))
            let value = JSON.object([JSON.Member(text, .array([.text(text), .number(-7), .bool(false), .null]))])
            #expect(try JSONReader.value(value.octets, limit: 4_096) == value)
            #expect(!value.octets.contains(UInt8(ascii: "<")))
        }
    }

    @Test("base64url has one text for each value")
    func base64() {
        var rng = SplitMix64(seed: 4_648)
        for count in 0..<100 {
            let octets = (0..<count).map { _ in UInt8.random(in: 0...255, using: &rng) }
            #expect(Base64URL.decode(Base64URL.encode(octets)) == octets)
        }
        #expect(Base64URL.encode([0xfb, 0xff]) == "-_8")
        for text in ["A", "AB", "-_9", "AA==", "AA=", "A+A", "A/A", "AAAAA", " AA", "AA\n", "ÄÄ"] {
            #expect(Base64URL.decode(text) == nil, "\(text)")
        }
    }
}
