/// An OpenID Provider as it is configured: who it is, who we are to it, and what is asked of it.
public struct Provider: Sendable {
    public let issuer: Issuer
    /// `client_id`: visible ASCII (RFC 6749 Appendix A.1).
    public let clientID: String
    public let authentication: ClientAuthentication
    /// Asked for with each sign-in; `openid` is put before them (OIDC Core §3.1.2.1).
    public var scopes = ["profile", "email"]
    /// Asked for with each sign-in, besides what a request adds (OIDC Core §3.1.2.1).
    public var prompts: [Prompt] = []
    /// Asked for with each sign-in that does not ask for others, in order of preference.
    public var acrValues: [String] = []
    /// Whether it is asked by name for what it tells of a sign-in, also if its metadata does not say that it can be (OIDC Core §5.5).
    public var asksForClaims = false
    /// The claim that lists a person's groups.
    public var groupsClaim = "groups"

    public init(issuer: Issuer, clientID: String, authentication: ClientAuthentication) throws(ConfigurationFault) {
        guard !clientID.isEmpty, clientID.isVisibleASCII else { throw .clientID }
        self.issuer = issuer
        self.clientID = clientID
        self.authentication = authentication
    }
}

/// Whether and how the provider is to ask the person (OIDC Core §3.1.2.1).
public enum Prompt: String, Hashable, Sendable, CaseIterable {
    case login, consent
    case selectAccount = "select_account"
}

/// How we prove to the token endpoint who we are (OIDC Core §9).
public enum ClientAuthentication: Hashable, Sendable {
    /// `client_secret_basic`, what a provider expects that says nothing else.
    case basic(Confidential)
    /// `client_secret_post`.
    case post(Confidential)
    /// `none`: a public client, which only PKCE protects.
    case none
}

/// What is wrong with a provider's configuration.
public enum ConfigurationFault: Error, Hashable, Sendable, CustomStringConvertible {
    case issuer, noTenants, tenantsWithoutTemplate, tenant, clientID, redirectURI

    public var description: String {
        switch self {
        case .issuer:
            "the issuer must be an https URL without query, exactly as the provider writes it (http only for localhost)"
        case .noTenants: "an issuer for several tenants, with {tenantid}, needs the tenants that may sign in"
        case .tenantsWithoutTemplate: "tenants belong to an issuer with {tenantid} in it"
        case .tenant: "a tenant is a UUID, such as 72f988bf-86f1-41af-91ab-2d7cd011db47"
        case .clientID: "the client id must be visible ASCII characters"
        case .redirectURI: "the redirect URI must be an https URL (http only for localhost)"
        }
    }
}
