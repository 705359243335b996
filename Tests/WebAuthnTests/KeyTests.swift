import Crypto
import CryptoExtras
import LatchkeyTesting
import Testing

@testable import WebAuthn

struct KeyTests {
    private static func parameters(_ name: String) throws -> [CBOR: CBOR] {
        let key = octets(try Vectors.named(name).registration.decoded.credentialPublicKeyCose)
        guard case .map(let parameters) = try CBORReader.item(key[...]) else { throw NoKey() }
        return parameters
    }

    private struct NoKey: Error {}

    private func expect(
        _ expected: PublicKeyError, _ parameters: [CBOR: CBOR], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: expected, sourceLocation: sourceLocation) {
            try CredentialPublicKey(cose: CBOR.map(parameters).octets)
        }
    }

    private static let names: [(String, COSEAlgorithm)] = [
        ("none.ES256", .es256), ("packed.ES384", .es384), ("packed.ES512", .es512), ("packed.EdDSA", .edDSA),
        ("packed.RS256", .rs256),
    ]

    @Test("a key has exactly the parameters of its algorithm", arguments: names)
    func parameters(name: String, algorithm: COSEAlgorithm) throws {
        let parameters = try Self.parameters(name)
        #expect(try CredentialPublicKey(cose: CBOR.map(parameters).octets).algorithm == algorithm)
        for label in parameters.keys {
            var fewer = parameters
            fewer[label] = nil
            #expect(throws: PublicKeyError.self) { try CredentialPublicKey(cose: CBOR.map(fewer).octets) }
            var other = parameters
            other[label] = .text("x")
            #expect(throws: PublicKeyError.self) { try CredentialPublicKey(cose: CBOR.map(other).octets) }
        }
        // Private ones, and optional ones.
        for label: Int64 in [-4, -5, 2, 4, 5] {
            var more = parameters
            more[.integer(label)] = .octets([UInt8](repeating: 1, count: 32))
            expect(.wrongParameters(algorithm), more)
        }
    }

    @Test("type, curve and algorithm belong together", arguments: names)
    func consistency(name: String, algorithm: COSEAlgorithm) throws {
        let parameters = try Self.parameters(name)
        for type: Int64 in 0...4 where parameters[.integer(1)] != .integer(type) {
            var other = parameters
            other[.integer(1)] = .integer(type)
            expect(.inconsistent(algorithm), other)
        }
        for other in COSEAlgorithm.allCases where other != algorithm {
            var changed = parameters
            changed[.integer(3)] = .integer(Int64(other.rawValue))
            #expect(throws: PublicKeyError.inconsistent(other)) {
                try CredentialPublicKey(cose: CBOR.map(changed).octets)
            }
        }
        guard algorithm != .rs256 else { return }
        for curve: Int64 in 0...8 where parameters[.integer(-1)] != .integer(curve) {
            var other = parameters
            other[.integer(-1)] = .integer(curve)
            expect(.inconsistent(algorithm), other)
        }
    }

    @Test("a point is on its curve, and its coordinates are as long as the field", arguments: names.prefix(3))
    func points(name: String, algorithm: COSEAlgorithm) throws {
        let parameters = try Self.parameters(name)
        for label: Int64 in [-2, -3] {
            guard case .octets(let coordinate) = parameters[.integer(label)] else { throw NoKey() }
            var other = parameters
            other[.integer(label)] = .octets(coordinate.dropLast() + [coordinate[coordinate.count - 1] ^ 1])
            expect(.invalid(algorithm), other)
            other[.integer(label)] = .octets([UInt8](repeating: 0xff, count: coordinate.count))
            expect(.invalid(algorithm), other)
            other[.integer(label)] = .octets([0] + coordinate)
            expect(.wrongParameters(algorithm), other)
            other[.integer(label)] = .octets(Array(coordinate.dropLast()))
            expect(.wrongParameters(algorithm), other)
        }
        var compressed = parameters
        compressed[.integer(-3)] = .bool(true)
        expect(.wrongParameters(algorithm), compressed)
        let size = algorithm == .es256 ? 32 : algorithm == .es384 ? 48 : 66
        var zero = parameters
        zero[.integer(-2)] = .octets([UInt8](repeating: 0, count: size))
        zero[.integer(-3)] = .octets([UInt8](repeating: 0, count: size))
        expect(.invalid(algorithm), zero)
    }

    /// Little-endian, as RFC 8032 has it.
    @Test(
        "an Ed25519 key is canonical, a point, and not of small order",
        arguments: [
            // No points: y = 2, 7, p - 2, p - 7, and two by chance.
            "0200000000000000000000000000000000000000000000000000000000000000",
            "0700000000000000000000000000000000000000000000000000000000000080",
            "ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "e6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "73a9bef499bbf4dc7bd2a4f2c8af5bd99f267a0ed3197217dd2bba159b21372e",
            "6fa84861a6c4716c55504ce4330e52e2d0bb9786cde91b2a789b7d8fbf3cb616",
            // No numbers below p, but points if p were taken off: y = p + 3, and y = 2^255 - 1.
            "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000080",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ])
    func ed25519(hexadecimal: String) throws {
        var parameters = try Self.parameters("packed.EdDSA")
        parameters[.integer(-2)] = .octets(octets(hexadecimal))
        expect(.invalid(.edDSA), parameters)
    }

    /// Worked out apart from this code, by RFC 8032 §5.1.3 with numbers of any size.
    @Test(
        "what is a point of Ed25519 is a key, whichever of its two x it has",
        arguments: [
            "0300000000000000000000000000000000000000000000000000000000000000",
            "0600000000000000000000000000000000000000000000000000000000000080",
            "eaffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "2441e3d54410492b788768bcff2218cf8f7373abe8e394daf807e24eace13320",
            "2e281f9bddf85336d15b579b74e4250950c9c994752666ae81c78b281ac9f67f",
            "265632094a04fcde45a00607b90c305da0480377e97e8dee32ee8651d5273174",
            // The base point, and the first key of RFC 8032 §7.1.
            "5866666666666666666666666666666666666666666666666666666666666666",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        ])
    func points(hexadecimal: String) throws {
        var point = octets(hexadecimal)
        for _ in 0..<2 {
            #expect(Ed25519Point.isKey(point))
            point[31] ^= 0x80
        }
    }

    @Test("every key that is made is a key, and about half of all numbers are")
    func manyPoints() {
        for _ in 0..<100 {
            #expect(Ed25519Point.isKey(Array(Curve25519.Signing.PrivateKey().publicKey.rawRepresentation)))
        }
        var rng = SplitMix64(seed: 25_519)
        let keys = (0..<400).count { _ in
            Ed25519Point.isKey((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &rng) })
        }
        #expect((160...240).contains(keys))
    }

    @Test("numbers modulo p are added and multiplied as they are elsewhere, also where they carry")
    func arithmetic() {
        let top = FieldElement(limbs: [.max, .max, .max, .max])  // 2^256 - 1 = 37
        let small = FieldElement(limbs: [37, 0, 0, 0])
        #expect(top == small && top + top == FieldElement(limbs: [74, 0, 0, 0]))
        #expect(top * top == FieldElement(limbs: [1_369, 0, 0, 0]))
        #expect(.minusOne + .one == FieldElement(limbs: [0, 0, 0, 0]))
        #expect(FieldElement.minusOne * .minusOne == .one && FieldElement.minusOne * top == .minusOne * small)
        // -1 is a square, as p = 1 modulo 4; 2 is none, as p = 5 modulo 8; 0 is not counted.
        #expect(FieldElement.minusOne.isNonzeroSquare && small.isNonzeroSquare == top.isNonzeroSquare)
        #expect(!FieldElement(limbs: [2, 0, 0, 0]).isNonzeroSquare)
        #expect(!FieldElement(limbs: [0, 0, 0, 0]).isNonzeroSquare)
        #expect(!(FieldElement.minusOne + .one).isNonzeroSquare)
    }

    /// That the two numbers of order 8 are what they are said to be: they add up to p, as y and -y do.
    @Test("the y-coordinates of order 8 are each other's negative")
    func orderEight() {
        let first = octets("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
        let second = octets("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
        var (carry, sum) = (0, [UInt8]())
        for (a, b) in zip(first, second) {
            let digit = Int(a) + Int(b) + carry
            sum.append(UInt8(digit & 0xff))
            carry = digit >> 8
        }
        #expect(sum == octets("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"))
    }

    @Test("an Ed25519 signature has a canonical S")
    func canonicalS() throws {
        let key = Curve25519.Signing.PrivateKey()
        let cose = CBOR.map([
            .integer(1): .integer(1), .integer(3): .integer(-8), .integer(-1): .integer(6),
            .integer(-2): .octets(Array(key.publicKey.rawRepresentation)),
        ])
        let publicKey = try CredentialPublicKey(cose: cose.octets)
        let signature = Array(try key.signature(for: [1, 2, 3]))
        #expect(publicKey.isValid(signature: signature, over: [1, 2, 3]))
        #expect(!publicKey.isValid(signature: signature, over: [1, 2, 4]))
        #expect(!publicKey.isValid(signature: signature + [0], over: [1, 2, 3]))
        #expect(!publicKey.isValid(signature: Array(signature.dropLast()), over: [1, 2, 3]))
        // S + L, which gives the same point.
        let order = octets("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var (carry, larger) = (0, Array(signature.prefix(32)))
        for (a, b) in zip(signature.suffix(32), order) {
            let digit = Int(a) + Int(b) + carry
            larger.append(UInt8(digit & 0xff))
            carry = digit >> 8
        }
        #expect(!publicKey.isValid(signature: larger, over: [1, 2, 3]))
    }

    @Test("an RSA key is of 2048 to 8192 bits, odd, and without leading zeros")
    func rsa() throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let primitives = try key.publicKey.getKeyPrimitives()
        let (n, e) = (Array(primitives.modulus), Array(primitives.publicExponent))
        func parameters(_ n: [UInt8], _ e: [UInt8]) -> [CBOR: CBOR] {
            [.integer(1): .integer(3), .integer(3): .integer(-257), .integer(-1): .octets(n), .integer(-2): .octets(e)]
        }
        let publicKey = try CredentialPublicKey(cose: CBOR.map(parameters(n, e)).octets)
        let signature = Array(
            try key.signature(for: SHA256.hash(data: [1, 2, 3]), padding: .insecurePKCS1v1_5).rawRepresentation)
        #expect(publicKey.isValid(signature: signature, over: [1, 2, 3]))
        #expect(!publicKey.isValid(signature: signature, over: [1, 2]))
        #expect(!publicKey.isValid(signature: [0] + signature, over: [1, 2, 3]))
        let pss = Array(try key.signature(for: SHA256.hash(data: [1, 2, 3]), padding: .PSS).rawRepresentation)
        #expect(!publicKey.isValid(signature: pss, over: [1, 2, 3]))

        expect(.wrongParameters(.rs256), parameters([0] + n, e))
        expect(.wrongParameters(.rs256), parameters(n, [0] + e))
        expect(.wrongParameters(.rs256), parameters([], e))
        expect(.wrongParameters(.rs256), parameters(n, []))
        expect(.wrongParameters(.rs256), parameters(n, [1, 0, 0, 0, 1]))
        expect(.modulusSize(2_047), parameters([0x7f] + n.dropFirst(), e))
        expect(.modulusSize(1_024), parameters([UInt8](repeating: 0xff, count: 128), e))
        expect(.modulusSize(8_193), parameters([1] + [UInt8](repeating: 0xff, count: 1_024), e))
        expect(.invalid(.rs256), parameters(n.dropLast() + [n[n.count - 1] & 0xfe], e))
        expect(.invalid(.rs256), parameters(n, [1]))
        expect(.invalid(.rs256), parameters(n, [2]))
        #expect(
            try CredentialPublicKey(cose: CBOR.map(parameters([UInt8](repeating: 0xff, count: 1_024), e)).octets)
                .algorithm == .rs256)
    }

    @Test(
        "unsupported algorithms are refused by name",
        arguments: [
            (-53, "Ed448 (-53)"), (-37, "PS256 (-37)"), (-65_535, "RS1 (-65535)"), (-47, "ES256K (-47)"), (12, "12"),
        ])
    func unsupported(number: Int64, name: String) throws {
        var parameters = try Self.parameters("none.ES256")
        parameters[.integer(3)] = .integer(number)
        let error = #expect(throws: PublicKeyError.self) { try CredentialPublicKey(cose: CBOR.map(parameters).octets) }
        #expect(error?.description == "algorithm \(name) is not supported")
    }

    @Test("a key is one map and nothing else")
    func shape() throws {
        let key = CBOR.map(try Self.parameters("none.ES256")).octets
        #expect(throws: PublicKeyError.malformed(.trailingOctets)) { try CredentialPublicKey(cose: key + [0]) }
        #expect(throws: PublicKeyError.malformed(.truncated)) { try CredentialPublicKey(cose: Array(key.dropLast())) }
        #expect(throws: PublicKeyError.notAKey) { try CredentialPublicKey(cose: [0x80]) }
        #expect(throws: PublicKeyError.notAKey) { try CredentialPublicKey(cose: [0xa0]) }
    }
}
