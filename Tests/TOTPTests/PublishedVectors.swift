import Crypto
import Foundation
import Testing

@testable import TOTP

/// RFC 6238, Appendix B, from `Vectors/totp-rfc6238.json`. Three secrets: the ASCII digits 1234567890 repeated to the
/// length of each hash, as the RFC's reference code uses them.
private struct PublishedVectors: Decodable {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        let time: Int64
        let algorithm: String
        let totp: String

        var testDescription: String { "\(algorithm) at \(time)" }
    }

    let digits: Int
    let secrets: [String: String]
    let vectors: [Vector]

    static func load() throws -> PublishedVectors {
        let url = try #require(Bundle.module.url(forResource: "totp-rfc6238", withExtension: "json"))
        return try JSONDecoder().decode(PublishedVectors.self, from: Data(contentsOf: url))
    }

    func key(_ algorithm: String) throws -> [UInt8] {
        let digits = Array(try #require(secrets[algorithm]))
        return try stride(from: 0, to: digits.count, by: 2).map {
            try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16))
        }
    }
}

struct PublishedVectorTests {
    @Test("every vector of RFC 6238, Appendix B, comes out", arguments: try PublishedVectors.load().vectors)
    private func vector(_ vector: PublishedVectors.Vector) throws {
        let published = try PublishedVectors.load()
        let key = SymmetricKey(data: try published.key(vector.algorithm))
        let step = TOTP.step(at: vector.time)
        let value =
            switch vector.algorithm {
            case "SHA-1": HOTP.value(key: key, counter: step, digits: published.digits, using: Insecure.SHA1.self)
            case "SHA-256": HOTP.value(key: key, counter: step, digits: published.digits, using: SHA256.self)
            case "SHA-512": HOTP.value(key: key, counter: step, digits: published.digits, using: SHA512.self)
            default: throw UnknownAlgorithm(name: vector.algorithm)
            }
        #expect(value == UInt32(vector.totp))
    }

    @Test("the codes in use are the last six digits of the SHA-1 vectors")
    func sixDigits() throws {
        let published = try PublishedVectors.load()
        let totp = TOTP(key: try published.key("SHA-1"))
        for vector in published.vectors where vector.algorithm == "SHA-1" {
            #expect(totp.code(at: vector.time) == String(vector.totp.suffix(6)))
        }
    }

    /// RFC 4226, Appendix D.
    @Test("every vector of RFC 4226, Appendix D, comes out")
    func hotp() {
        let key = SymmetricKey(data: Array("12345678901234567890".utf8))
        let values = (0..<10).map { HOTP.value(key: key, counter: $0, digits: 6, using: Insecure.SHA1.self) }
        #expect(
            values == [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489])
    }
}

private struct UnknownAlgorithm: Error {
    let name: String
}
