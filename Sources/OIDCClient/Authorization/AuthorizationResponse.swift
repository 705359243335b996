/// What the browser brings back from the provider (RFC 6749 §4.1.2, OIDC Core §3.1.2.5): the query of the redirect URI, from whoever it may be.
public struct AuthorizationResponse: Sendable, Hashable {
    /// Of the query, in octets.
    static let maximumLength = 8 * 1024

    /// Finds the pending authorization.
    public let state: Confidential
    /// `iss` (RFC 9207).
    let issuer: String?
    let outcome: Outcome

    enum Outcome: Sendable, Hashable {
        case code(Confidential)
        case error(AuthorizationError)
    }

    /// Reads a query without its `?`. A parameter that stands twice spoils it (RFC 6749 §3.1); unknown ones don't. The provider's own
    /// words (`error_description`, `error_uri`) are not kept: anybody can put words there and show them to people in our name.
    public init(query: String) throws(ResponseFault) {
        guard query.utf8.count <= Self.maximumLength, let fields = FormEncoding.decode(query) else { throw .malformed }
        var values: [String: String] = [:]
        for (name, value) in fields {
            guard values.updateValue(value, forKey: name) == nil else { throw .malformed }
        }
        guard let state = values["state"], !state.isEmpty else { throw .noState }
        self.state = Confidential(state)
        issuer = values["iss"]
        switch (values["code"], values["error"]) {
        case (let code?, nil) where !code.isEmpty: outcome = .code(Confidential(code))
        case (nil, let error?): outcome = .error(AuthorizationError(error))
        default: throw .malformed
        }
    }
}

/// Why what a browser brought back answers no request of ours.
public enum ResponseFault: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed, noState, otherState, otherProvider, tooLate, noIssuer, otherIssuer

    public var description: String {
        switch self {
        case .malformed: "the authorization response is not what RFC 6749 describes"
        case .noState: "the authorization response has no state"
        case .otherState: "the authorization response answers another request (state)"
        case .otherProvider: "the request was sent to another provider"
        case .tooLate: "the authorization response came later than ten minutes after the request"
        case .noIssuer: "the authorization response lacks iss, which the provider says it sends (RFC 9207)"
        case .otherIssuer: "the authorization response is another issuer's (iss): somebody may be mixing up providers"
        }
    }
}
