/// The keys a provider signs with (RFC 7517 §5), as its `jwks_uri` gave them.
struct KeySet: Sendable {
    /// More than any provider has; a set with more is refused whole.
    static let maximumKeys = 100
    /// In octets: a hundred keys with their certificates.
    static let maximumLength = 512 * 1024

    private let keys: [VerificationKey]

    /// Keys of other kinds and uses are passed over; a set without any of ours is a fault, as nothing could ever be verified with it.
    init(_ octets: [UInt8]) throws(ProviderFault) {
        guard let entries = JSONValue(octets)?.object?["keys"]?.array else { throw .malformed(.keySet) }
        guard entries.count <= Self.maximumKeys else { throw .tooManyKeys(entries.count) }
        keys = entries.compactMap { $0.object.flatMap(VerificationKey.init) }
        guard !keys.isEmpty else { throw .noUsableKey }
    }

    /// The key that signed `token` (OIDC Core §10.1): the one that the token names, or the only one that there is. Of several with one name it is
    /// whichever fits.
    func verify(_ token: CompactJWS) throws(TokenFault) -> VerificationKey {
        let named = keys.filter { key in
            guard key.serves(token.algorithm) else { return false }
            guard let wanted = token.keyID else { return true }
            return key.id.map { $0.isSame(as: wanted) } ?? false
        }
        guard !named.isEmpty else { throw .unknownKey }
        guard token.keyID != nil || named.count == 1 else { throw .keyNotNamed }
        for key in named where key.isValid(token.signature, over: token.signingInput, by: token.algorithm) {
            return key
        }
        throw .badSignature
    }
}
