/// What the discovery document says (OIDC Discovery §3), as far as it is used.
struct ProviderMetadata: Sendable {
    /// In octets; Entra's and Keycloak's have five to seven thousand.
    static let maximumLength = 256 * 1024

    let authorizationEndpoint: SecureURL
    let tokenEndpoint: SecureURL
    let keySet: SecureURL
    /// Of RP-Initiated Logout §2.1; not every provider has one.
    let endSessionEndpoint: SecureURL?
    /// Whether authorization responses carry `iss` (RFC 9207 §3).
    let sendsIssuer: Bool
    /// Whether it reads the `claims` parameter (OIDC Core §5.5).
    let takesClaims: Bool

    /// Reads the document of `issuer`. It must name the same issuer, octet for octet (OIDC Discovery §4.3), and have all endpoints behind TLS.
    init(_ octets: [UInt8], of issuer: Issuer) throws(ProviderFault) {
        guard let members = JSONValue(octets)?.object, let named = members["issuer"]?.string else {
            throw .malformed(.discovery)
        }
        guard named.isSame(as: issuer.identifier) else { throw .otherIssuer(named.legible) }
        authorizationEndpoint = try Self.endpoint("authorization_endpoint", in: members, of: issuer)
        tokenEndpoint = try Self.endpoint("token_endpoint", in: members, of: issuer)
        keySet = try Self.endpoint("jwks_uri", in: members, of: issuer)
        endSessionEndpoint =
            members["end_session_endpoint"] == nil
            ? nil : try Self.endpoint("end_session_endpoint", in: members, of: issuer)
        sendsIssuer = members["authorization_response_iss_parameter_supported"] == .boolean(true)
        takesClaims = members["claims_parameter_supported"] == .boolean(true)
    }

    private static func endpoint(
        _ name: String, in members: [String: JSONValue], of issuer: Issuer
    ) throws(ProviderFault) -> SecureURL {
        guard let text = members[name]?.string else { throw .missingField(name) }
        guard let url = SecureURL(text), issuer.isPlain || !url.isPlain else { throw .insecureEndpoint(name) }
        return url
    }
}
