/// A signed token as it was sent (RFC 7515 §7.1), taken apart and not believed yet.
///
/// Of the header only `alg`, `kid` and `typ` are read. Where a key might be found or what it is (`jku`, `jwk`, `x5u`, `x5c`) is not looked
/// at: keys come from the issuer's key set alone.
struct CompactJWS {
    /// In octets. A token with two hundred groups has about ten thousand.
    static let maximumLength = 16 * 1024
    /// Of a `kid`, in octets. It is compared with what the issuer's keys are called, and used for nothing else.
    static let maximumKeyIDLength = 1024

    let algorithm: SignatureAlgorithm
    let keyID: String?
    /// `typ`, with small letters and without `application/` (RFC 7515 §4.1.9).
    let type: String?
    let claims: Claims
    let signingInput: [UInt8]
    let signature: [UInt8]

    init(_ token: String) throws(TokenFault) {
        guard token.utf8.count <= Self.maximumLength else { throw .tooLong }
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .notCompactJWS }
        guard let header = JSONValue(header)?.object else { throw .malformedHeader }
        guard let claims = JSONValue(payload)?.object else { throw .malformedClaims }

        guard case .string(let name)? = header["alg"] else { throw .malformedHeader }
        guard let algorithm = SignatureAlgorithm(name) else { throw .algorithmNotAllowed }
        // Extensions that must be understood: we understand none (RFC 7515 §4.1.11).
        guard header["crit"] == nil else { throw .criticalHeader }
        self.algorithm = algorithm
        keyID = try Self.text("kid", in: header)
        guard keyID.map({ $0.utf8.count <= Self.maximumKeyIDLength }) ?? true else { throw .malformedHeader }
        type = try Self.text("typ", in: header).map(Self.mediaType)
        self.claims = Claims(claims)
        signingInput = Array(token.utf8[..<parts[1].endIndex])
        self.signature = signature
    }

    private static func text(_ name: String, in header: [String: JSONValue]) throws(TokenFault) -> String? {
        guard let value = header[name] else { return nil }
        guard let text = value.string else { throw .malformedHeader }
        return text
    }

    private static func mediaType(_ text: String) -> String {
        let text = text.lowercased()
        return text.hasPrefix("application/") ? String(text.dropFirst("application/".count)) : text
    }
}
