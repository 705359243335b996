/// What ID tokens and logout tokens have in common: who they are from and for, and when they hold (OIDC Core §3.1.3.7, Back-Channel Logout §2.6).
struct TokenRules {
    /// How far apart our clock and the provider's may be, in seconds.
    static let skew: Int64 = 60
    /// How old a token may be, in seconds: it comes at once, or was kept by somebody.
    static let maximumAge: Int64 = 600

    let provider: Provider
    let now: NumericDate

    /// Who issued the token: our issuer itself, or for several tenants that of the token's own tenant, if it may sign in.
    func issuer(of claims: Claims) throws(TokenFault) -> (issuer: String, tenant: String?) {
        let named = try claims.requiredText(.iss)
        let tenant = try claims.text(.tid)
        guard provider.issuer.isMultiTenant else {
            guard named.isSame(as: provider.issuer.identifier) else { throw .otherIssuer }
            return (named, tenant)
        }
        guard let tenant else { throw .missingClaim(.tid) }
        guard provider.issuer.tenants.contains(where: { $0.isSame(as: tenant) }) else { throw .tenantNotAllowed }
        guard named.isSame(as: provider.issuer.expanded(with: tenant)) else { throw .otherIssuer }
        return (named, tenant)
    }

    /// Entra publishes the keys of all tenants in one set, and says of each key for which ones it speaks: for all of them (a template), or for one.
    func checkKey(_ key: VerificationKey, of issuer: String, _ tenant: String?) throws(TokenFault) {
        guard provider.issuer.isMultiTenant, let tenant, let spokenFor = key.issuer else { return }
        guard Issuer.expand(spokenFor, with: tenant).isSame(as: issuer) else { throw .keyOfAnotherIssuer }
    }

    /// That we are among those the token is for, and nobody else is the one it was issued to.
    func checkAudience(of claims: Claims, severalNeedParty: Bool) throws(TokenFault) {
        guard claims.has(.aud) else { throw .missingClaim(.aud) }
        let audience = try claims.texts(.aud)
        guard audience.contains(where: { $0.isSame(as: provider.clientID) }) else { throw .otherAudience }
        if let party = try claims.text(.azp) {
            guard party.isSame(as: provider.clientID) else { throw .otherAuthorizedParty }
        } else if severalNeedParty, audience.count > 1 {
            throw .missingClaim(.azp)
        }
    }

    func checkTimes(of claims: Claims) throws(TokenFault) {
        guard now.since(try claims.requiredDate(.exp)) < Self.skew else { throw .expired }
        let age = now.since(try claims.requiredDate(.iat))
        guard age >= -Self.skew else { throw .issuedInFuture }
        guard age <= Self.maximumAge + Self.skew else { throw .issuedTooLongAgo }
        if let notBefore = try claims.date(.nbf) {
            guard now.since(notBefore) >= -Self.skew else { throw .notYetValid }
        }
    }

    /// `sub`: 1 to 255 ASCII characters, case-sensitive (OIDC Core §2).
    static func subject(of claims: Claims) throws(TokenFault) -> String? {
        try identifier(.sub, of: claims)
    }

    /// An identifier that is kept and compared.
    static func identifier(_ name: Claim, of claims: Claims) throws(TokenFault) -> String? {
        guard let text = try claims.text(name) else { return nil }
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            throw .malformedClaim(name)
        }
        return text
    }
}
