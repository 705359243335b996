/// The exchange of a code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).
extension FetchRequest {
    /// Of a token endpoint's answer, in octets: several tokens of 16 KiB.
    static let maximumTokenAnswer = 128 * 1024

    static func tokens(
        for code: Confidential, _ pending: PendingAuthorization, at endpoint: SecureURL, as provider: Provider
    ) -> FetchRequest {
        var fields = [
            (name: "grant_type", value: "authorization_code"), (name: "code", value: code.revealed),
            (name: "redirect_uri", value: pending.redirectURI),
            (name: "code_verifier", value: pending.codeVerifier.revealed),
        ]
        var authorization: Confidential?
        switch provider.authentication {
        case .basic(let secret):
            // Both are escaped as form fields before they are joined (RFC 6749 §2.3.1).
            let pair = "\(FormEncoding.escape(provider.clientID)):\(FormEncoding.escape(secret.revealed))"
            authorization = Confidential("Basic \(Base64.encode(pair.utf8))")
        case .post(let secret):
            fields += [
                (name: "client_id", value: provider.clientID), (name: "client_secret", value: secret.revealed),
            ]
        case .none:
            fields.append((name: "client_id", value: provider.clientID))
        }
        return FetchRequest(
            endpoint.text, authorization: authorization, form: Confidential(FormEncoding.encode(fields)),
            maximumAnswer: maximumTokenAnswer)
    }
}
