/// Why the token endpoint did not take a code (RFC 6749 §5.2).
public struct TokenError: Error, Hashable, Sendable {
    public enum Code: String, Hashable, Sendable {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case invalidScope = "invalid_scope"
        case other
    }

    public let code: Code
    /// Entra's own numbers, the ones behind `AADSTS`. Numbers only: a provider's words could say anything.
    public let vendorCodes: [Int]
}

extension TokenError: CustomStringConvertible {
    public var description: String {
        let cause =
            switch code {
            case .invalidRequest: "the provider does not understand the token request (invalid_request)"
            case .invalidClient:
                "the provider does not take the client id or secret, or expects the secret in another way (invalid_client)"
            case .invalidGrant:
                "the provider does not take the code: it is old or used, or the redirect URI differs (invalid_grant)"
            case .unauthorizedClient: "the client may not use the code flow (unauthorized_client)"
            case .unsupportedGrantType: "the provider does not offer the code flow (unsupported_grant_type)"
            case .invalidScope: "the provider does not know one of the configured scopes (invalid_scope)"
            case .other: "the provider refused the code for a reason that no standard names"
            }
        return vendorCodes.isEmpty ? cause : cause + ", " + vendorCodes.map { "AADSTS\($0)" }.joined(separator: ", ")
    }
}
