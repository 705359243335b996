/// Why a provider let nobody through (RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6, and `unmet_authentication_requirements`).
public enum AuthorizationError: Error, Hashable, Sendable {
    case accessDenied, loginRequired, interactionRequired, consentRequired, accountSelectionRequired
    case unmetAuthenticationRequirements
    case temporarilyUnavailable, serverError
    case invalidRequest, unauthorizedClient, unsupportedResponseType, invalidScope
    case other

    init(_ code: String) {
        self =
            switch code {
            case "access_denied": .accessDenied
            case "login_required": .loginRequired
            case "interaction_required": .interactionRequired
            case "consent_required": .consentRequired
            case "account_selection_required": .accountSelectionRequired
            case "unmet_authentication_requirements": .unmetAuthenticationRequirements
            case "temporarily_unavailable": .temporarilyUnavailable
            case "server_error": .serverError
            case "invalid_request": .invalidRequest
            case "unauthorized_client": .unauthorizedClient
            case "unsupported_response_type": .unsupportedResponseType
            case "invalid_scope": .invalidScope
            default: .other
            }
    }

    /// Whether trying again later may help.
    public var isTemporary: Bool { self == .temporarilyUnavailable || self == .serverError }
}

extension AuthorizationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .accessDenied: "the person gave up, or the provider does not let them use this client (access_denied)"
        case .loginRequired, .interactionRequired, .consentRequired, .accountSelectionRequired:
            "the provider needs to ask the person something and was told not to (prompt)"
        case .unmetAuthenticationRequirements: "the person could not sign in as strongly as was asked for (acr_values)"
        case .temporarilyUnavailable: "the provider is not available just now (temporarily_unavailable)"
        case .serverError: "the provider has an error of its own (server_error)"
        case .invalidRequest:
            "the provider does not understand the request: does the redirect URI match? (invalid_request)"
        case .unauthorizedClient:
            "the client may not use the code flow: register it as a web application (unauthorized_client)"
        case .unsupportedResponseType: "the provider does not offer the code flow (unsupported_response_type)"
        case .invalidScope: "the provider does not know one of the configured scopes (invalid_scope)"
        case .other: "the provider refused for a reason that no standard names"
        }
    }
}
