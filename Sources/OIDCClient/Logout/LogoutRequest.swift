/// Sends somebody to the provider to sign out there as well (RP-Initiated Logout §2).
public struct LogoutRequest: Sendable {
    /// Of the hint, in octets: what is longer makes URLs that servers refuse, and the client id does as well.
    static let maximumHintLength = 4096

    /// `id_token_hint`, from `Identity.rawIDToken`: who signs out, so that the provider need not ask.
    public var idTokenHint: Confidential?
    /// Where to come back to: registered with the provider.
    public let postLogoutRedirectURI: String
    /// Comes back as it is.
    public var state: String?

    public init(
        idTokenHint: Confidential?, postLogoutRedirectURI: String, state: String? = nil
    ) throws(ConfigurationFault) {
        guard SecureURL(postLogoutRedirectURI) != nil else { throw .redirectURI }
        self.idTokenHint = idTokenHint
        self.postLogoutRedirectURI = postLogoutRedirectURI
        self.state = state
    }

    func fields(for provider: Provider) -> [(name: String, value: String)] {
        var fields = [(name: "client_id", value: provider.clientID)]
        if let hint = idTokenHint?.revealed, hint.utf8.count <= Self.maximumHintLength {
            fields.append((name: "id_token_hint", value: hint))
        }
        fields.append((name: "post_logout_redirect_uri", value: postLogoutRedirectURI))
        if let state { fields.append((name: "state", value: state)) }
        return fields
    }
}
