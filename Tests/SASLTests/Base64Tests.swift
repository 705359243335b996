import LatchkeyTesting
import SASL
import Testing

@Suite("Base64")
struct Base64Tests {
    private func decoded(_ text: String) -> String? {
        Array(text.utf8).withUnsafeBytes { Base64.withDecoded($0) { String(decoding: $0, as: UTF8.self) } }
    }

    @Test(
        "the examples of RFC 4648 §10, both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func examples(octets: String, text: String) {
        #expect(String(decoding: Base64.encode(Array(octets.utf8)), as: UTF8.self) == text)
        #expect(decoded(text) == octets)
    }

    @Test(
        "what no encoder writes is refused",
        arguments: [
            "!!!!", "Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm8=Zm8=", "Zm-_",
        ])
    func invalid(text: String) {
        #expect(decoded(text) == nil)
    }

    @Test("any octets come back", arguments: 0..<64)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let octets = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
        }
        let decoded = Base64.encode(octets).withUnsafeBytes { Base64.withDecoded($0) { Array($0) } }
        #expect(decoded == octets)
    }
}
