import Crypto

extension SignatureAlgorithm {
    /// What `at_hash` must be: the left half of the access token's hash (OIDC Core §3.1.3.6).
    func accessTokenHash(_ accessToken: Confidential) -> String {
        let octets = Array(accessToken.revealed.utf8)
        return switch hash {
        case .sha256: Base64URL.encode(Array(SHA256.hash(data: octets)).prefix(16))
        case .sha384: Base64URL.encode(Array(SHA384.hash(data: octets)).prefix(24))
        case .sha512: Base64URL.encode(Array(SHA512.hash(data: octets)).prefix(32))
        }
    }
}
