/// What to ask of a provider this time (OIDC Core §3.1.2.1).
public struct AuthorizationRequest: Sendable {
    /// Where the answer comes to: registered with the provider, compared by it octet for octet.
    public let redirectURI: String
    /// Besides the provider's own.
    public var prompts: [Prompt] = []
    /// How long ago the person may have signed in at the provider, in seconds; nil if it does not matter.
    public var maximumAge: Int64?
    /// Instead of the provider's own, in order of preference.
    public var acrValues: [String] = []
    /// Who will presumably sign in.
    public var loginHint: String?

    public init(redirectURI: String) throws(ConfigurationFault) {
        guard SecureURL(redirectURI) != nil else { throw .redirectURI }
        self.redirectURI = redirectURI
    }

    /// Asks for a sign-in here and now, whatever session there is at the provider.
    public static func stepUp(
        redirectURI: String, acrValues: [String] = []
    ) throws(ConfigurationFault) -> AuthorizationRequest {
        var request = try AuthorizationRequest(redirectURI: redirectURI)
        request.prompts = [.login]
        request.maximumAge = 0
        request.acrValues = acrValues
        return request
    }

    /// Seconds: longer than anybody stays signed in. A provider owes `auth_time` to whoever names some `max_age` (OIDC Core §2), and there are
    /// some that tell it to nobody else.
    static let anyAge: Int64 = 315_360_000
    /// What is asked for by name (OIDC Core §5.5): what is told of each sign-in. Google tells it to nobody who does not ask like this.
    static let claims = #"{"id_token":{"auth_time":{"essential":true},"amr":{"essential":true}}}"#

    /// The query of the request to `provider`: code flow, with PKCE, state and nonce. `takesClaims` is what its metadata says of it.
    func fields(
        for provider: Provider, _ pending: PendingAuthorization, takesClaims: Bool
    ) -> [(name: String, value: String)] {
        var fields = [
            ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", redirectURI),
            ("scope", (["openid"] + provider.scopes.filter { $0 != "openid" }).joined(separator: " ")),
            ("state", pending.state.revealed), ("nonce", pending.nonce.revealed),
            ("code_challenge", pending.codeVerifier.codeChallenge), ("code_challenge_method", "S256"),
        ]
        let asked = Set(provider.prompts + prompts)
        if !asked.isEmpty {
            // In the order of their declaration, so that the same request has the same URL.
            let words = Prompt.allCases.filter(asked.contains).map(\.rawValue)
            fields.append(("prompt", words.joined(separator: " ")))
        }
        fields.append(("max_age", "\(maximumAge ?? Self.anyAge)"))
        if provider.asksForClaims || takesClaims { fields.append(("claims", Self.claims)) }
        let acrValues = acrValues.isEmpty ? provider.acrValues : acrValues
        if !acrValues.isEmpty { fields.append(("acr_values", acrValues.joined(separator: " "))) }
        if let loginHint { fields.append(("login_hint", loginHint)) }
        return fields.map { (name: $0.0, value: $0.1) }
    }
}
