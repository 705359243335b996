/// Why nobody has signed in. Its description is for the log, `explanation` for the person; neither holds anything secret or anything that the
/// provider or the browser said in words.
public enum SignInError: Error, Hashable, Sendable {
    /// What came back answers no request of ours.
    case response(ResponseFault)
    /// The provider said no before there was a code.
    case declined(AuthorizationError)
    /// The provider did not take the code.
    case codeRefused(TokenError)
    /// The provider could not be talked with.
    case provider(ProviderFault)
    /// What the provider says of the person was not believed.
    case idToken(TokenFault)

    /// Whether trying again later may help without anybody changing anything.
    public var isTemporary: Bool {
        switch self {
        case .declined(let error): error.isTemporary
        case .provider(let fault): fault.isTemporary
        case .response, .codeRefused, .idToken: false
        }
    }

    /// A sentence or two for the person who wanted to sign in.
    public var explanation: String {
        switch self {
        case _ where isTemporary: "Your organisation's sign-in does not answer just now. Please try again in a moment."
        case .response(.tooLate): "That took longer than ten minutes. Please start again."
        case .response: "This page belongs to a sign-in that is over or was not started here. Please start again."
        case .declined(.accessDenied): "You were not signed in: it was cancelled, or you may not use this application."
        case .declined(.unmetAuthenticationRequirements), .idToken(.authenticationTooOld):
            "A fresh and stronger sign-in is needed for this. Please try again with your second factor."
        case .codeRefused(let error) where error.code == .invalidGrant:
            "This sign-in was used already or took too long. Please start again."
        case .declined, .codeRefused, .provider, .idToken:
            "Signing in through your organisation does not work just now. Please tell your administrator."
        }
    }
}

extension SignInError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .response(let fault): fault.description
        case .declined(let error): error.description
        case .codeRefused(let error): error.description
        case .provider(let fault): fault.description
        case .idToken(let fault): fault.description
        }
    }
}
