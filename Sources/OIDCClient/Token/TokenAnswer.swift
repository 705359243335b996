/// What the token endpoint sends for a code (OIDC Core §3.1.3.3).
struct TokenAnswer: Sendable, Hashable {
    let idToken: Confidential
    let accessToken: Confidential?

    /// Tells a refusal, which says why in JSON with status 400 or 401 (RFC 6749 §5.2), from trouble, which does not.
    init(_ answer: FetchAnswer) throws(SignInError) {
        let members = JSONValue(answer.body)?.object
        guard answer.status == 200 else {
            let trouble = ProviderFault.status(.tokenEndpoint, answer.status)
            guard !trouble.isTemporary, let members, let code = members["error"]?.string else {
                throw .provider(trouble)
            }
            throw .codeRefused(
                TokenError(code: .init(rawValue: code) ?? .other, vendorCodes: Self.vendorCodes(members)))
        }
        guard let members else { throw .provider(.malformed(.tokenEndpoint)) }
        guard let idToken = members["id_token"]?.string else { throw .provider(.noIDToken) }
        self.idToken = Confidential(idToken)
        accessToken = members["access_token"]?.string.map(Confidential.init)
    }

    private static func vendorCodes(_ members: [String: JSONValue]) -> [Int] {
        (members["error_codes"]?.array ?? []).prefix(4).compactMap { $0.number.flatMap { Int(exactly: $0) } }
    }
}
