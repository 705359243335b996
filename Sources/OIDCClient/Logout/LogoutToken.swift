/// Who is to be signed out, as the provider says behind the browser's back (Back-Channel Logout §2.4): everybody's sessions with this
/// `sid`, or all of this subject's if there is none.
public struct LogoutNotice: Sendable, Hashable {
    public let issuer: String
    /// `sub`, as in `Identity.subject`.
    public let subject: String?
    /// `sid`, as in `Identity.sessionID`.
    public let sessionID: String?
    /// `jti`: each notice is taken once.
    public let tokenID: String
    /// After this moment the token is refused for its age alone.
    public let useless: NumericDate
}

/// Verifies logout tokens (Back-Channel Logout §2.6), all but whether one was used before.
struct LogoutTokenVerification {
    static let event = "http://schemas.openid.net/event/backchannel-logout"

    let rules: TokenRules

    func notice(from token: Confidential, keys: KeySet) throws(TokenFault) -> LogoutNotice {
        let jws = try CompactJWS(token.revealed)
        // Providers from before the type was agreed on send JWT or none.
        guard [nil, "jwt", "logout+jwt"].contains(jws.type) else { throw .otherType }
        let key = try keys.verify(jws)
        let claims = jws.claims
        let (issuer, tenant) = try rules.issuer(of: claims)
        try rules.checkKey(key, of: issuer, tenant)
        try rules.checkAudience(of: claims, severalNeedParty: false)
        try rules.checkTimes(of: claims)
        // What keeps an ID token from being taken for a logout token (§2.4).
        guard !claims.has(.nonce) else { throw .nonceInLogoutToken }
        guard try claims.object(.events)?[Self.event]?.object != nil else { throw .notALogoutEvent }
        let subject = try TokenRules.subject(of: claims)
        let sessionID = try TokenRules.identifier(.sid, of: claims)
        guard subject != nil || sessionID != nil else { throw .nobodyToLogOut }
        return LogoutNotice(
            issuer: issuer, subject: subject, sessionID: sessionID, tokenID: try claims.requiredText(.jti),
            useless: try claims.requiredDate(.iat) + TokenRules.maximumAge + TokenRules.skew)
    }
}
