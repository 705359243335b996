/// Why a packet gets no answer, for the log. RADIUS has no other way to object: an answer could be forged into something else.
enum DropReason: String, Error, Sendable {
    case unknownClient = "it comes from no client that is configured"
    case incomplete = "it is shorter than its header or than it says"
    case badLength = "its length field is not 20 to 4096"
    case malformedAttribute = "an attribute does not fit into it"
    case repeatedAttribute = "an attribute that may be there once is there twice"
    case tooManyProxyStates = "it has been through too many proxies"
    case unexpectedCode = "it is neither Access-Request nor Status-Server"
    case messageAuthenticatorMissing =
        "it has no Message-Authenticator: let the client send it, or set require-message-authenticator"
    case messageAuthenticatorWrong = "its Message-Authenticator is wrong: compare the shared secrets"
    case unprotectedProxyState = "it has a Proxy-State and no Message-Authenticator"
    case tooManyRequests = "too many requests of this client are not answered yet"
    case unavailable = "the question cannot be answered now"
    case stopping = "Latchkey is stopping"
}
