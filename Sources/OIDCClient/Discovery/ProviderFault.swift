/// Why a provider could not be talked with. For the log, in words that an administrator can act on.
public enum ProviderFault: Error, Hashable, Sendable {
    /// What was asked for.
    public enum Source: String, Hashable, Sendable {
        case discovery = "the discovery document"
        case keySet = "the key set"
        case tokenEndpoint = "the token endpoint"
    }

    case unreachable(Source, FetchFailure)
    case status(Source, Int)
    case redirected(Source)
    case tooLarge(Source)
    case malformed(Source)
    /// The issuer that the document names, made legible.
    case otherIssuer(String)
    case missingField(String)
    case insecureEndpoint(String)
    case tooManyKeys(Int)
    case noUsableKey
    case noIDToken
    case noLogout

    /// Whether trying again later may help without anybody changing anything.
    public var isTemporary: Bool {
        switch self {
        case .unreachable: true
        case .status(_, let status): status >= 500 || status == 429 || status == 408
        default: false
        }
    }
}

extension ProviderFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreachable(let source, let failure): "\(source.rawValue) could not be fetched: \(failure)"
        case .status(let source, let status): "\(source.rawValue) was answered with HTTP status \(status)"
        case .redirected(let source): "\(source.rawValue) was answered with a redirect, and none is followed"
        case .tooLarge(let source): "\(source.rawValue) has sent more than is read"
        case .malformed(let source): "\(source.rawValue) has sent what is not the JSON that the standard describes"
        case .otherIssuer(let issuer):
            "the discovery document is of the issuer \(issuer): configure the issuer exactly so, with or without its last slash, if that is the right one"
        case .missingField(let name): "the discovery document lacks \(name)"
        case .insecureEndpoint(let name): "the discovery document's \(name) is not an https URL"
        case .tooManyKeys(let count): "the key set has \(count) keys, more than \(KeySet.maximumKeys)"
        case .noUsableKey: "the key set has no key for any of the signature algorithms that are taken"
        case .noIDToken: "the token endpoint has sent no ID token: is the client registered for OpenID Connect?"
        case .noLogout: "the provider has no page for signing out (end_session_endpoint)"
        }
    }
}
