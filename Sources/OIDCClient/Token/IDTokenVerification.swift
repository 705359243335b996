/// What an ID token must answer to, besides the rules that hold for all (OIDC Core §3.1.3.7).
struct IDTokenVerification {
    let rules: TokenRules
    let pending: PendingAuthorization
    let accessToken: Confidential?

    /// Verifies the signature first and then what is signed.
    func identity(from token: Confidential, keys: KeySet) throws(TokenFault) -> Identity {
        let jws = try CompactJWS(token.revealed)
        // The type of an ID token, where it has one, is JWT: an access token or a logout token is none.
        guard jws.type == nil || jws.type == "jwt" else { throw .otherType }
        let key = try keys.verify(jws)
        let (issuer, tenant) = try rules.issuer(of: jws.claims)
        try rules.checkKey(key, of: issuer, tenant)
        return try identity(from: jws, issuer: issuer, tenant: tenant, raw: token)
    }

    /// Whose signature it is has been seen to.
    private func identity(
        from jws: CompactJWS, issuer: String, tenant: String?, raw: Confidential
    ) throws(TokenFault) -> Identity {
        let claims = jws.claims
        try rules.checkAudience(of: claims, severalNeedParty: true)
        try rules.checkTimes(of: claims)
        guard Confidential(try claims.requiredText(.nonce)) == pending.nonce else { throw .otherNonce }
        if let hash = try claims.text(.accessTokenHash), let accessToken {
            guard jws.algorithm.accessTokenHash(accessToken).isSameInConstantTime(as: hash) else {
                throw .otherAccessToken
            }
        }
        try checkAuthenticationTime(of: claims)
        guard let subject = try TokenRules.subject(of: claims) else { throw .missingClaim(.sub) }
        return Identity(
            issuer: issuer, subject: subject,
            key: IdentityKey(issuer: issuer, subject: try keySubject(of: claims, subject)), tenant: tenant,
            email: claims.line(.email), emailVerified: claims.line(.email) != nil && claims.affirms(.emailVerified),
            name: claims.line(.name), preferredUsername: claims.line(.preferredUsername),
            groups: claims.texts(named: rules.provider.groupsClaim) ?? [], groupsOverage: try hasMoreGroups(claims),
            sessionID: try TokenRules.identifier(.sid, of: claims), authTime: try claims.date(.authTime),
            acr: try claims.text(.acr), amr: try claims.texts(.amr), rawIDToken: raw)
    }

    /// Whether the person signed in before now, and as recently as was asked for, when it was asked: what they took their time over afterwards, such as a
    /// page of consent, does not count against them, and the request itself lives for ten minutes only (OIDC Core §3.1.2.1). A provider must
    /// say then, and some don't: that is told by `Identity.authTime`, as the token proves who it was all the same.
    private func checkAuthenticationTime(of claims: Claims) throws(TokenFault) {
        guard let authTime = try claims.date(.authTime) else { return }
        guard rules.now.since(authTime) >= -TokenRules.skew else { throw .issuedInFuture }
        guard let maximumAge = pending.maximumAge else { return }
        guard authTime + maximumAge + TokenRules.skew >= pending.started else { throw .authenticationTooOld }
    }

    private func keySubject(of claims: Claims, _ subject: String) throws(TokenFault) -> String {
        guard rules.provider.issuer.isMultiTenant else { return subject }
        guard let object = try TokenRules.identifier(.oid, of: claims) else { throw .missingClaim(.oid) }
        return object
    }

    /// Entra leaves the groups out when there are too many, and says where to ask for them: we don't.
    private func hasMoreGroups(_ claims: Claims) throws(TokenFault) -> Bool {
        try claims.object(.claimNames)?[rules.provider.groupsClaim] != nil || claims.affirms(.hasgroups)
    }
}
