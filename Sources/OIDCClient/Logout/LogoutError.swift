/// Why a logout token was not obeyed: the answer is 400, or 503 if `isTemporary` (Back-Channel Logout §2.8).
public enum LogoutError: Error, Hashable, Sendable, CustomStringConvertible {
    case provider(ProviderFault)
    case token(TokenFault)

    public var isTemporary: Bool {
        if case .provider(let fault) = self { fault.isTemporary } else { false }
    }

    public var description: String {
        switch self {
        case .provider(let fault): fault.description
        case .token(let fault): fault.description
        }
    }
}
