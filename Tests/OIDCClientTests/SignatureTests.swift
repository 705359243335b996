import Crypto
import Foundation
import Testing

@testable import OIDCClient

struct SignatureTests {
    @Test("every algorithm of the allow-list is taken from its key", arguments: [Signer.rsa, .p256, .p384, .ed25519])
    func algorithms(signer: Signer) throws {
        let keys = try keySet(.rsa, .p256, .p384, .ed25519)
        #expect(try verify(Token.id.signed(by: signer).compact(), keys: keys).subject == "alice-1")
    }

    private struct Vectors: Decodable {
        struct Token: Decodable {
            let alg: String
            let token: String
        }
        let tokens: [Token]
    }

    private func vectors() throws -> Data {
        try Data(contentsOf: #require(Bundle.module.url(forResource: "pyjwt", withExtension: "json")))
    }

    @Test("what another implementation signs is verified, and nothing else than it signed")
    func interoperability() throws {
        let octets = try vectors()
        let jwks = try #require(JSONValue(Array(octets))?.object?["jwks"]?.object?["keys"]?.array)
        let keys = jwks.compactMap { $0.object.flatMap(VerificationKey.init) }
        #expect(keys.count == 4)
        let tokens = try JSONDecoder().decode(Vectors.self, from: octets).tokens
        #expect(tokens.map(\.alg) == ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"])
        for token in tokens {
            let jws = try CompactJWS(token.token)
            for key in keys {
                let isIts = key.id == jws.keyID
                #expect(key.isValid(jws.signature, over: jws.signingInput, by: jws.algorithm) == isIts, "\(token.alg)")
                #expect(!key.isValid(jws.signature, over: jws.signingInput + [0], by: jws.algorithm))
                var bent = jws.signature
                bent[bent.count - 1] ^= 1
                #expect(!key.isValid(bent, over: jws.signingInput, by: jws.algorithm))
                for other in SignatureAlgorithm.allCases where other != jws.algorithm {
                    #expect(!key.isValid(jws.signature, over: jws.signingInput, by: other))
                }
            }
        }
    }

    @Test(
        "no algorithm outside the allow-list can even be named",
        arguments: [
            "none", "None", "NONE", "HS256", "HS384", "HS512", "rs256", "ES512", "ES256K", "Ed448", "RSA-OAEP", "",
        ])
    func otherAlgorithms(name: String) throws {
        let token = try Token.id.withHeader("alg", quoted(name)).compact()
        #expect(throws: TokenFault.algorithmNotAllowed) { try verify(token) }
    }

    @Test("a token without a signature is refused, whatever it calls itself")
    func unsigned() throws {
        for header in [#"{"alg":"none"}"#, #"{"alg":"ES256","kid":"p256"}"#] {
            let input = "\(Base64URL.encode(header.utf8)).\(Base64URL.encode(json(Token.id.claims).utf8))"
            for token in [input + ".", input, input + ".."] {
                #expect(throws: TokenFault.self) { try verify(Confidential(token)) }
            }
        }
    }

    @Test("a token signed with the public key as the secret of an HMAC is refused")
    func algorithmConfusion() throws {
        let jwk = try Signer.rsa.jwk()
        let header = #"{"alg":"HS256","kid":"rsa"}"#
        let input = "\(Base64URL.encode(header.utf8)).\(Base64URL.encode(json(Token.id.claims).utf8))"
        let mac = HMAC<SHA256>.authenticationCode(for: Array(input.utf8), using: SymmetricKey(data: Array(jwk.utf8)))
        #expect(throws: TokenFault.algorithmNotAllowed) {
            try verify(Confidential("\(input).\(Base64URL.encode(mac))"))
        }
    }

    @Test("the key says what kind it is, not the token")
    func keyOfAnotherKind() throws {
        // Signed by the P-256 key and named so, but called RS256: no key of that name can do RSA.
        let token = try Token.id.withHeader("alg", #""RS256""#).compact()
        #expect(throws: TokenFault.unknownKey) { try verify(token) }
        let bound = try KeySet(Array(#"{"keys":[\#(Signer.rsa.jwk(["alg": #""PS256""#]))]}"#.utf8))
        #expect(throws: TokenFault.unknownKey) { try verify(Token.id.signed(by: .rsa).compact(), keys: bound) }
    }

    @Test("another key of the same name signs nothing")
    func wrongKey() throws {
        let token = try Token.id.signed(by: .otherRSA).compact()
        #expect(throws: TokenFault.badSignature) { try verify(token, keys: keySet(.rsa)) }
        // While it is among several of that name, it does.
        #expect(throws: Never.self) { try verify(token, keys: keySet(.rsa, .otherRSA)) }
    }

    @Test("a changed claim, header or signature is found out")
    func changed() throws {
        let parts = try Token.id.compact().revealed.split(separator: ".").map(String.init)
        let claims = Base64URL.encode(json(Token.id.with("sub", #""mallory""#).claims).utf8)
        let header = Base64URL.encode(Token.id.withHeader("x", "1").wholeHeader.utf8)
        #expect(throws: TokenFault.badSignature) { try verify(Confidential("\(parts[0]).\(claims).\(parts[2])")) }
        #expect(throws: TokenFault.badSignature) { try verify(Confidential("\(header).\(parts[1]).\(parts[2])")) }
        #expect(throws: TokenFault.badSignature) { try verify(Confidential("\(parts[0]).\(parts[1]).AAAA")) }
        let zeros = Base64URL.encode([UInt8](repeating: 0, count: 64))
        #expect(throws: TokenFault.badSignature) { try verify(Confidential("\(parts[0]).\(parts[1]).\(zeros)")) }
    }

    @Test(
        "a key that is named like nothing we know is unknown, whatever the name looks like",
        arguments: ["../../../../dev/null", "' OR 1=1 --", "P256", "p256\\u0000", "", "\\u212a"])
    func unknownKeys(keyID: String) throws {
        let token = try Token.id.signed(by: .p256.named(keyID)).compact()
        #expect(throws: TokenFault.unknownKey) { try verify(token) }
    }

    @Test("a key name that is no text or endless is refused")
    func malformedKeyNames() throws {
        for value in ["7", "null", "[]", quoted(String(repeating: "k", count: 1025))] {
            #expect(throws: TokenFault.malformedHeader) { try verify(Token.id.withHeader("kid", value).compact()) }
        }
    }

    @Test("a token that names no key needs a provider with one key only")
    func unnamedKey() throws {
        let unnamed = try Token.id.signed(by: .p256.named(nil)).compact()
        #expect(throws: Never.self) { try verify(unnamed, keys: keySet(.p256, .rsa)) }
        let other = Signer(algorithm: "ES256", keyID: "other", key: .p256(P256.Signing.PrivateKey()))
        #expect(throws: TokenFault.keyNotNamed) { try verify(unnamed, keys: keySet(.p256, other)) }
        #expect(throws: TokenFault.unknownKey) { try verify(unnamed, keys: keySet(.rsa)) }
    }

    @Test("what a header says about where the key is, or which it is, is not looked at")
    func keysInHeaders() throws {
        let mallory = Signer(algorithm: "ES256", keyID: "p256", key: .p256(P256.Signing.PrivateKey()))
        for (parameter, value) in [
            ("jku", #""https://evil.example.test/keys""#), ("x5u", #""https://evil.example.test/chain""#),
            ("jwk", try mallory.jwk()), ("x5c", #"["MIIB"]"#),
        ] {
            let token = Token.id.withHeader(parameter, value)
            #expect(throws: TokenFault.badSignature) { try verify(token.signed(by: mallory).compact()) }
            #expect(throws: Never.self) { try verify(token.compact()) }
        }
    }

    @Test("extensions that must be understood are refused")
    func critical() throws {
        for value in [#"["b64"]"#, "[]", "null"] {
            #expect(throws: TokenFault.criticalHeader) { try verify(Token.id.withHeader("crit", value).compact()) }
        }
    }

    @Test(
        "a token for another purpose is no ID token", arguments: ["logout+jwt", "at+jwt", "application/at+jwt", "JWE"])
    func otherTypes(type: String) throws {
        #expect(throws: TokenFault.otherType) { try verify(Token.id.withHeader("typ", quoted(type)).compact()) }
    }

    @Test("the type JWT is taken in any case, and so is none")
    func types() throws {
        for type in [#""jwt""#, #""application/JWT""#, nil] {
            #expect(throws: Never.self) { try verify(Token.id.withHeader("typ", type).compact()) }
        }
    }

    @Test("a huge token is refused unread")
    func huge() throws {
        let token = try Token.id.with("x", quoted(String(repeating: "x", count: 16 * 1024))).compact()
        #expect(throws: TokenFault.tooLong) { try verify(token) }
    }

    @Test("a token that says a name twice is refused, though it is signed")
    func duplicates() throws {
        let claims = json(Token.id.claims).dropLast() + #","sub":"mallory"}"#
        let token = try Token.compact(header: Token.id.wholeHeader, payload: String(claims), signer: .p256)
        #expect(throws: TokenFault.malformedClaims) { try verify(token) }
        let escaped = json(Token.id.claims).dropLast() + #","s\u0075b":"mallory"}"#
        let hidden = try Token.compact(header: Token.id.wholeHeader, payload: String(escaped), signer: .p256)
        #expect(throws: TokenFault.malformedClaims) { try verify(hidden) }
        let header = Token.id.wholeHeader.dropLast() + #","alg":"none"}"#
        let twice = try Token.compact(header: String(header), payload: json(Token.id.claims), signer: .p256)
        #expect(throws: TokenFault.malformedHeader) { try verify(twice) }
    }

    @Test(
        "what is no compact JWS is refused",
        arguments: [
            "", ".", "..", "a.b", "a.b.c", "e30.e30.", "e30=.e30.AA", "e30.e30.AA.AA.AA", " e30.e30.AA", "e30.e31.AA",
        ])
    func notCompact(token: String) {
        #expect(throws: TokenFault.self) { try verify(Confidential(token)) }
    }
}
