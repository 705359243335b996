import Testing

@testable import OIDCClient

struct KeySetTests {
    private func read(_ keys: [String]) throws -> KeySet {
        try KeySet(Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8))
    }

    @Test("a set of ten thousand keys is refused")
    func tooMany() throws {
        #expect(throws: ProviderFault.tooManyKeys(10_000)) {
            try read(Array(repeating: #"{"kty":"EC"}"#, count: 10_000))
        }
        #expect(throws: Never.self) { try read(Array(repeating: Signer.p256.jwk(), count: 100)) }
        #expect(throws: ProviderFault.tooManyKeys(101)) { try read(Array(repeating: Signer.p256.jwk(), count: 101)) }
    }

    @Test(
        "what is no key set is refused",
        arguments: ["", "{}", "[]", #"{"keys":{}}"#, #"{"keys":[],"keys":[]}"#, "<html>", #"{"keys":[}"#])
    func malformed(text: String) {
        #expect(throws: ProviderFault.malformed(.keySet)) { try KeySet(Array(text.utf8)) }
    }

    @Test("a set without a key for us is a fault of the provider")
    func nothingForUs() throws {
        #expect(throws: ProviderFault.noUsableKey) { try read([]) }
        #expect(throws: ProviderFault.noUsableKey) { try read([#"{"kty":"oct","k":"AAAA"}"#, "7", "null"]) }
    }

    @Test(
        "keys of another use are passed over",
        arguments: [
            ["use": #""enc""#], ["use": "1"], ["key_ops": #"["encrypt"]"#], ["alg": #""RSA-OAEP""#],
            ["alg": #""none""#],
        ])
    func otherUses(members: [String: String]) throws {
        #expect(throws: ProviderFault.noUsableKey) { try read([Signer.rsa.jwk(members)]) }
        #expect(throws: ProviderFault.noUsableKey) { try read([Signer.p256.jwk(members)]) }
    }

    @Test("a key for verifying is taken, with its algorithm or without")
    func uses() throws {
        for members in [[:], ["key_ops": #"["verify"]"#], ["alg": #""RS256""#, "x5c": #"["MIIB"]"#]] {
            let keys = try read([Signer.rsa.jwk(members)])
            #expect(throws: Never.self) { try verify(Token.id.signed(by: .rsa).compact(), keys: keys) }
        }
    }

    @Test(
        "weak and broken keys are no keys",
        arguments: [
            // 1024 bits; 8200 bits; an exponent of 1, an even one, one of five octets.
            #"{"kty":"RSA","n":"\#(Base64URL.encode([UInt8](repeating: 0xff, count: 128)))","e":"AQAB"}"#,
            #"{"kty":"RSA","n":"\#(Base64URL.encode([UInt8](repeating: 0xff, count: 1025)))","e":"AQAB"}"#,
            #"{"kty":"RSA","n":"\#(Base64URL.encode([UInt8](repeating: 0xff, count: 256)))","e":"AQ"}"#,
            #"{"kty":"RSA","n":"\#(Base64URL.encode([UInt8](repeating: 0xff, count: 256)))","e":"AQAA"}"#,
            #"{"kty":"RSA","n":"\#(Base64URL.encode([UInt8](repeating: 0xff, count: 256)))","e":"AQAAAAE"}"#,
            #"{"kty":"RSA","n":"","e":""}"#, #"{"kty":"RSA"}"#,
            // Not on the curve; coordinates of the wrong length.
            #"{"kty":"EC","crv":"P-256","x":"\#(Base64URL.encode([UInt8](repeating: 1, count: 32)))","y":"\#(Base64URL.encode([UInt8](repeating: 1, count: 32)))"}"#,
            #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#, #"{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#, #"{"kty":"OKP","crv":"X25519","x":"AAAA"}"#,
        ])
    func weakKeys(jwk: String) {
        #expect(throws: ProviderFault.noUsableKey) { try read([jwk]) }
    }
}
