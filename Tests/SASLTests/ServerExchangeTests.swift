import LatchkeyCore
import SASL
import Testing

@Suite("SASL, the server's side")
struct ServerExchangeTests {
    /// What a step comes to, in words: a `Secret` does not compare or print otherwise.
    private func words(_ step: ServerExchange.Step) -> String {
        switch step {
        case .challenge(let octets): "challenge “\(String(decoding: octets, as: UTF8.self))”"
        case .finished(let authcid, let secret): "\(authcid) with \(secret.reveal() ?? "octets")"
        case .failed(.malformed): "malformed"
        case .failed(.foreignAuthzid(let authcid)): "\(authcid) as somebody else"
        }
    }

    private func plain(_ message: String) -> String {
        var exchange = ServerExchange(.plain)
        return Array(message.utf8).withUnsafeBytes { words(exchange.begin(initialResponse: $0)) }
    }

    @Test(
        "PLAIN reads authzid, authcid and secret",
        arguments: [
            ("\0ada@example.test\0abcd-efgh", "ada@example.test with abcd-efgh"),
            ("ada\0ada\0abcd", "ada with abcd"),
            ("eve\0ada\0abcd", "ada as somebody else"),
            ("ad\0ada\0abcd", "ada as somebody else"),
            ("\0jürgen\0gr\u{fc}n", "jürgen with grün"),
            ("", "malformed"), ("ada", "malformed"), ("\0ada", "malformed"), ("\0\0abcd", "malformed"),
            ("\0ada\0", "malformed"), ("\0ada\0ab\0cd", "malformed"), ("\0ada\0\0", "malformed"),
        ])
    func plainMessages(message: String, outcome: String) {
        #expect(plain(message) == outcome)
    }

    @Test(
        "a name with a control character is refused",
        arguments: (Array(1...0x1f) + Array(0x7f...0x9f)).compactMap(Unicode.Scalar.init))
    func controlCharacters(scalar: Unicode.Scalar) {
        #expect(plain("\0a\(scalar)b\0abcd") == "malformed")
    }

    @Test("a name that is not UTF-8 is refused, a secret need not be")
    func encodings() {
        var exchange = ServerExchange(.plain)
        let badName: [UInt8] = [0, 0xff, 0, 0x61]
        #expect(badName.withUnsafeBytes { words(exchange.begin(initialResponse: $0)) } == "malformed")
        exchange = ServerExchange(.plain)
        let latin1: [UInt8] = [0, 0x61, 0, 0xfc]
        #expect(latin1.withUnsafeBytes { words(exchange.begin(initialResponse: $0)) } == "a with octets")
    }

    @Test("names and secrets have a limit, and the limit itself is allowed")
    func limits() {
        let name = String(repeating: "n", count: Attempt.maximumAuthcidLength)
        let secret = String(repeating: "s", count: Attempt.maximumSecretLength)
        #expect(plain("\(name)\0\(name)\0\(secret)") == "\(name) with \(secret)")
        #expect(plain("\0\(name)n\0s") == "malformed")
        #expect(plain("\0n\0\(secret)s") == "malformed")
    }

    @Test("PLAIN without an initial response gets an empty challenge; an empty response is not none")
    func plainInTwoSteps() {
        var exchange = ServerExchange(.plain)
        #expect(words(exchange.begin(initialResponse: nil)) == "challenge “”")
        #expect(Array("\0ada\0abcd".utf8).withUnsafeBytes { words(exchange.step($0)) } == "ada with abcd")
        #expect(plain("") == "malformed")
    }

    @Test("LOGIN asks for the name, then for the secret", arguments: [true, false])
    func login(hasInitialResponse: Bool) {
        var exchange = ServerExchange(.login)
        let name = Array("ada".utf8)
        if hasInitialResponse {
            #expect(
                name.withUnsafeBytes { words(exchange.begin(initialResponse: $0)) } == "challenge “Password:”")
        } else {
            #expect(words(exchange.begin(initialResponse: nil)) == "challenge “Username:”")
            #expect(name.withUnsafeBytes { words(exchange.step($0)) } == "challenge “Password:”")
        }
        #expect(Array("abcd".utf8).withUnsafeBytes { words(exchange.step($0)) } == "ada with abcd")
    }

    @Test("LOGIN refuses a name with a line break and a secret with a NUL")
    func malformedLogin() {
        var exchange = ServerExchange(.login)
        #expect(Array("a\nb".utf8).withUnsafeBytes { words(exchange.begin(initialResponse: $0)) } == "malformed")
        exchange = ServerExchange(.login)
        _ = Array("ada".utf8).withUnsafeBytes { exchange.begin(initialResponse: $0) }
        #expect(Array("a\0b".utf8).withUnsafeBytes { words(exchange.step($0)) } == "malformed")
    }

    @Test(
        "a mechanism is known in any case, and no other is",
        arguments: [
            ("PLAIN", Mechanism.plain), ("plain", .plain), ("Login", .login), ("LOGI", nil), ("PLAINX", nil), ("", nil),
            ("CRAM-MD5", nil),
        ])
    func mechanisms(name: String, mechanism: Mechanism?) {
        #expect(Array(name.utf8).withUnsafeBytes { Mechanism(name: $0) } == mechanism)
    }
}
