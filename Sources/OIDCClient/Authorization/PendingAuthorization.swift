/// An authorization request that has been sent and not been answered yet: what the answer is checked against.
///
/// Keep it on the server for its lifetime, bound to the browser that was sent away and found again by `state`, and take it away before the
/// answer is looked at: it serves once. It is `Codable`; encoded it holds secrets, so seal it.
public struct PendingAuthorization: Sendable, Hashable, Codable {
    /// In seconds: as long as somebody may take at the provider.
    public static let lifetime: Int64 = 600

    /// As configured: which provider's answer it is that is waited for.
    public let issuer: String
    public let redirectURI: String
    public let state: Confidential
    let nonce: Confidential
    let codeVerifier: Confidential
    /// The `max_age` that was asked for, in seconds.
    public let maximumAge: Int64?
    public let started: NumericDate

    /// Whether `response` answers this request (RFC 6749 §10.12, RFC 9207 §2.4). Not yet whether it brings anything good.
    func check(
        _ response: AuthorizationResponse, from issuer: Issuer, sendsIssuer: Bool, at now: NumericDate
    ) throws(ResponseFault) {
        guard self.issuer.isSame(as: issuer.identifier) else { throw .otherProvider }
        guard response.state == state else { throw .otherState }
        guard (-TokenRules.skew...Self.lifetime).contains(now.since(started)) else { throw .tooLate }
        if let named = response.issuer {
            guard issuer.covers(named) else { throw .otherIssuer }
        } else if sendsIssuer {
            throw .noIssuer
        }
    }
}
