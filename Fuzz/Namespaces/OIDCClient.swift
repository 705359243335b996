/// Stands for a key of swift-crypto, whose BoringSSL takes minutes to build: it serves every algorithm, and every signature is its own.
struct VerificationKey: Sendable {
    let id: String?
    let issuer: String?

    init?(_ members: [String: JSONValue]) {
        id = members["kid"]?.string
        issuer = members["issuer"]?.string
    }

    func serves(_ algorithm: SignatureAlgorithm) -> Bool { true }
    func isValid(_ signature: [UInt8], over octets: [UInt8], by algorithm: SignatureAlgorithm) -> Bool { true }
}

extension SignatureAlgorithm {
    func accessTokenHash(_ accessToken: Confidential) -> String { "hash" }
}
