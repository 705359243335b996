/// Why a token was not believed. For the log: it says what an administrator may look at, and holds nothing of the token.
public enum TokenFault: Error, Hashable, Sendable {
    case tooLong, notCompactJWS, malformedHeader, malformedClaims
    case algorithmNotAllowed, criticalHeader, otherType
    case unknownKey, keyNotNamed, badSignature, keyOfAnotherIssuer
    case missingClaim(Claim), malformedClaim(Claim)
    case otherIssuer, tenantNotAllowed, otherAudience, otherAuthorizedParty
    case expired, notYetValid, issuedInFuture, issuedTooLongAgo
    case otherNonce, otherAccessToken
    case authenticationTooOld
    case nonceInLogoutToken, notALogoutEvent, nobodyToLogOut, replayed

    /// Whether the key set that is at hand may be to blame, if it is old.
    var mayBeOldKeys: Bool { self == .unknownKey || self == .badSignature || self == .keyNotNamed }
}

extension TokenFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLong: "the token has more than \(CompactJWS.maximumLength) octets: let the provider send fewer groups"
        case .notCompactJWS: "the token is not a signed one: the provider must sign ID tokens and not encrypt them"
        case .malformedHeader: "the token's header is not what RFC 7515 describes"
        case .malformedClaims: "the token's claims are not one JSON object in which each name stands once"
        case .algorithmNotAllowed:
            "the token is signed with an algorithm that is not taken: let the provider use RS256 or ES256"
        case .criticalHeader: "the token demands an extension (crit) that is not known here"
        case .otherType: "the token's header says that it is a token for another purpose (typ)"
        case .unknownKey: "no key of the provider's key set fits the token"
        case .keyNotNamed: "the token names no key (kid) and the provider has several"
        case .badSignature: "the token's signature is wrong"
        case .keyOfAnotherIssuer: "the token is signed with a key that does not speak for its tenant"
        case .missingClaim(let claim): "the token lacks the claim \(claim.rawValue)"
        case .malformedClaim(let claim): "the token's claim \(claim.rawValue) is not of its kind"
        case .otherIssuer: "the token is another issuer's: compare its iss with the configured issuer"
        case .tenantNotAllowed: "the token is of a tenant that is not among the configured ones"
        case .otherAudience: "the token is for another client: compare its aud with the configured client id"
        case .otherAuthorizedParty: "the token was issued to another client (azp)"
        case .expired: "the token has expired: compare this machine's clock with the provider's"
        case .notYetValid: "the token is not valid yet: compare this machine's clock with the provider's"
        case .issuedInFuture: "the token is from the future: compare this machine's clock with the provider's"
        case .issuedTooLongAgo: "the token is older than ten minutes: compare this machine's clock with the provider's"
        case .otherNonce: "the token answers another request (nonce)"
        case .otherAccessToken: "the ID token does not belong to the access token that came with it (at_hash)"
        case .authenticationTooOld:
            "the provider did not ask the person to sign in again, which was asked for (auth_time)"
        case .nonceInLogoutToken: "the logout token has a nonce, which none may have"
        case .notALogoutEvent: "the token is no logout token (events)"
        case .nobodyToLogOut: "the logout token names neither a person nor a session"
        case .replayed: "the logout token was used before (jti)"
        }
    }
}
