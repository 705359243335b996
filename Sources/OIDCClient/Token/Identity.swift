/// Who has signed in, as the provider says in an ID token that was verified (OIDC Core §2, §5.1).
public struct Identity: Sendable, Hashable {
    /// The token's `iss`; for several tenants the one of the person's tenant.
    public let issuer: String
    /// `sub`, which logout tokens name as well.
    public let subject: String
    /// What an account is known by. Never by an e-mail address: whoever runs a tenant can give anybody any.
    public let key: IdentityKey
    /// `tid`, at Entra.
    public let tenant: String?
    public let email: String?
    /// Whether the provider answers for the address. An address that it does not answer for links to nothing.
    public let emailVerified: Bool
    public let name: String?
    public let preferredUsername: String?
    public let groups: [String]
    /// Whether there are more groups than the token could hold (Entra, from two hundred on): then `groups` says nothing.
    public let groupsOverage: Bool
    /// `sid`: the session at the provider, which logout tokens name.
    public let sessionID: String?
    /// `auth_time`: when the person last signed in at the provider. Nil if it does not say: then nothing proves that they did lately, even
    /// if that was asked for (`max_age`, `prompt=login`), as a provider may do as it likes about both.
    public let authTime: NumericDate?
    public let acr: String?
    public let amr: [String]
    /// For `id_token_hint`, when the person signs out.
    public let rawIDToken: Confidential
}

/// Issuer and subject: no other pair of claims stays the same and is nobody else's (OIDC Core §5.7). At Entra with several tenants the
/// subject is `oid`, which all applications see alike and SCIM calls `externalId`.
public struct IdentityKey: Sendable, Hashable, Codable {
    public let issuer: String
    public let subject: String

    public init(issuer: String, subject: String) {
        self.issuer = issuer
        self.subject = subject
    }
}
