import Foundation
import LatchkeyTesting
import Testing

@testable import OIDCClient

struct TextTests {
    @Test(
        "JSON is read as RFC 8259 writes it",
        arguments: [
            ("null", JSONValue.null), (" [ ] ", .array([])), ("{}", .object([:])), ("-0.5e+1", .number(-5)),
            (#""\u00e4\ud83d\ude00\/\n""#, .string("ä😀/\n")),
            (#"{"a":[true,false,"x"]}"#, .object(["a": .array([.boolean(true), .boolean(false), .string("x")])])),
            ("9007199254740991", .number(9_007_199_254_740_991)),
        ])
    func json(text: String, value: JSONValue) {
        #expect(JSONValue(Array(text.utf8)) == value)
    }

    @Test(
        "what is no JSON, or could be read in two ways, is refused",
        arguments: [
            "", " ", "{", "}", "[1,]", "[,1]", #"{"a":1,}"#, #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"{a:1}"#,
            "'a'",
            "01", "+1", "1.", ".5", "1e", "-", "1e999", "NaN", "Infinity", "tru", "nullx", "1 2", #""\x""#,
            #""\ud83d""#,
            #""\ude00""#, #""\ud83d\u0041""#, #""\u12""#, "\"a\nb\"", "\"a", #""\"#, "\u{FEFF}1", "// c\n1",
        ])
    func notJSON(text: String) {
        #expect(JSONValue(Array(text.utf8)) == nil)
    }

    @Test("JSON must be UTF-8, and no deeper than sixteen levels")
    func jsonBounds() {
        #expect(JSONValue([0x22, 0xff, 0x22]) == nil)
        #expect(JSONValue([0x22, 0xed, 0xa0, 0x80, 0x22]) == nil)
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: UInt8(ascii: "["), count: depth) + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
        }
        #expect(JSONValue(nested(16)) != nil)
        #expect(JSONValue(nested(17)) == nil)
        #expect(JSONValue([UInt8](repeating: UInt8(ascii: "["), count: 100_000)) == nil)
    }

    @Test("noise makes no reader trap", arguments: 0..<16 as Range<UInt64>)
    func noise(seed: UInt64) throws {
        var rng = SplitMix64(seed: seed)
        let token = try Array(Token.id.compact().revealed.utf8)
        for _ in 0..<200 {
            var octets = token
            for _ in 0..<Int.random(in: 1...4, using: &rng) {
                octets[Int.random(in: octets.indices, using: &rng)] = UInt8.random(in: .min ... .max, using: &rng)
            }
            let text = String(decoding: octets, as: UTF8.self)
            guard text.utf8.elementsEqual(token) || (try? verify(Confidential(text))) == nil else {
                Issue.record("a changed token was taken: \(text)")
                return
            }
            _ = try? AuthorizationResponse(query: text)
            _ = SecureURL("https://" + text)
            _ = JSONValue(octets)
        }
    }

    @Test(
        "what is taken for JSON is JSON to Foundation as well, with the same numbers and texts",
        arguments: 0..<32 as Range<UInt64>)
    func sameAsFoundation(seed: UInt64) throws {
        var rng = SplitMix64(seed: seed)
        let document = Array(#" {"a":[1,-0.5e2,true,null,{"b":"x\u00e4\n","c":[]}],"d":"","e":{"f":1e3}} "#.utf8)
        let characters = Array(#"{}[]:,"\u0123456789eE+-.tfn x"#.utf8)
        for _ in 0..<500 {
            var octets = document
            for _ in 0..<Int.random(in: 0...3, using: &rng) {
                let place = Int.random(in: octets.indices, using: &rng)
                switch UInt8.random(in: 0...2, using: &rng) {
                case 0: octets[place] = characters[Int.random(in: characters.indices, using: &rng)]
                case 1: octets.remove(at: place)
                default: octets.insert(characters[Int.random(in: characters.indices, using: &rng)], at: place)
                }
            }
            guard let ours = JSONValue(octets) else { continue }
            let theirs = try JSONSerialization.jsonObject(with: Data(octets), options: .fragmentsAllowed)
            #expect(isSame(ours, theirs), "\(String(decoding: octets, as: UTF8.self))")
        }
    }

    private func isSame(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch ours {
        case .null: theirs is NSNull
        case .boolean(let value): theirs as? Bool == value
        case .number(let value): theirs as? Double == value
        case .string(let value): theirs as? String == value
        case .array(let values):
            (theirs as? [Any]).map { $0.count == values.count && zip(values, $0).allSatisfy(isSame) } ?? false
        case .object(let members):
            (theirs as? [String: Any]).map { theirs in
                theirs.count == members.count
                    && members.allSatisfy { name, value in theirs[name].map { isSame(value, $0) } ?? false }
            } ?? false
        }
    }

    @Test("base64url has one text for each value", arguments: 0..<70)
    func base64url(count: Int) {
        let octets = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
        let text = Base64URL.encode(octets)
        #expect(Base64URL.decode(text.utf8) == octets)
        for spoilt in [text + "=", text + " ", text + "\n", "+" + text] {
            #expect(Base64URL.decode(spoilt.utf8) == nil)
        }
    }

    @Test("bits left over must be zero", arguments: ["AB", "AAB", "A", "AAAAA", "-_8=", "A+A/"])
    func base64urlRests(text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }

    @Test("base64 for Basic is padded (RFC 4648 §10)")
    func base64() {
        #expect(
            ["", "f", "fo", "foo", "foob"].map { Base64.encode($0.utf8) } == ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="])
        #expect(Base64.encode([0xfb, 0xff]) == "+/8=")
    }

    @Test("forms are read as they are written")
    func forms() throws {
        let fields = [(name: "a b", value: "ä&=+%"), (name: "", value: "")]
        let read = try #require(FormEncoding.decode(FormEncoding.encode(fields)))
        #expect(read.map(\.name) == ["a b", ""] && read.map(\.value) == ["ä&=+%", ""])
        let plus = try #require(FormEncoding.decode("a=b+c&d&e=f=g"))
        #expect(plus.map(\.value) == ["b c", "", "f=g"])
    }

    @Test("broken escapes are refused", arguments: ["a=%", "a=%4", "a=%zz", "a=%ff", "%c3=1"])
    func brokenForms(text: String) {
        #expect(FormEncoding.decode(text) == nil)
    }

    @Test(
        "a URL is https, or http to this machine",
        arguments: [
            "https://id.example.test", "https://id.example.test:8443/a/b?c=d", "https://[2001:db8::1]:443/",
            "https://192.0.2.1",
            "http://localhost:8080/realms/main", "http://127.0.0.1:9000", "http://[::1]:9000/x",
        ])
    func secureURLs(text: String) {
        #expect(SecureURL(text)?.text == text)
    }

    @Test(
        "other URLs are not taken",
        arguments: [
            "", "https://", "https:///path", "http://id.example.test", "http://localhost.evil.test",
            "http://127.0.0.1.evil.test/",
            "ftp://x", "javascript:alert(1)", "//x", "https://user@x/", "https://x:y@z/", "https://x#f",
            "https://x/\\y",
            "https://x y", "https://x\n", "https://x:0x1/", "https://x:99999/", "https://x:/", "https://ä.test",
            "https://[::1",
            "HTTPS://x", " https://x", "https://x/{tenantid}", "https://x/<script>",
        ])
    func otherURLs(text: String) {
        #expect(SecureURL(text) == nil)
    }

    @Test("fields are added behind those that a URL has")
    func addingFields() throws {
        let fields = [(name: "a", value: "b c")]
        #expect(try #require(SecureURL("https://x/y")).adding(fields) == "https://x/y?a=b%20c")
        #expect(try #require(SecureURL("https://x/y?z=1")).adding(fields) == "https://x/y?z=1&a=b%20c")
        #expect(try #require(SecureURL("https://x/y?")).adding(fields) == "https://x/y?a=b%20c")
        #expect(try #require(SecureURL("https://x/y")).adding([]) == "https://x/y")
    }

    @Test("a confidential text is never printed")
    func confidential() {
        let secret = Confidential("s3cret")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(describing: secret), String(reflecting: secret), dumped, "\([secret])"] {
            #expect(!text.contains("s3cret"), "\(text)")
        }
        #expect(secret == Confidential("s3cret") && secret != Confidential("s3creT") && secret != Confidential("s3cre"))
    }

    @Test("a configured provider is printed without its secret")
    func configuredSecret() throws {
        for authentication in [ClientAuthentication.basic(Confidential("s3cret")), .post(Confidential("s3cret"))] {
            var dumped = ""
            dump(try provider(nil, authentication), to: &dumped)
            #expect(!dumped.contains("s3cret") && dumped.contains("latchkey"))
        }
    }

    @Test("moments stay within bounds in which nothing overflows")
    func dates() {
        #expect(NumericDate(seconds: .max).since(NumericDate(seconds: .min)) > 0)
        #expect(NumericDate(seconds: .max) + .max == NumericDate(seconds: .max))
        #expect(NumericDate(-1.0) == nil && NumericDate(1e18) == nil && NumericDate(Double.nan) == nil)
        #expect(NumericDate(1_800_000_000.9) == now)
    }
}
