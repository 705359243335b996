/// How a provider is reached. It makes one request, follows no redirect, and gives up after `deadline` and beyond `FetchRequest.maximumAnswer`.
public protocol HTTPFetching: Sendable {
    func fetch(_ request: FetchRequest) async throws(FetchFailure) -> FetchAnswer
}

/// What is asked of a provider: GET without a form, else POST.
public struct FetchRequest: Sendable, Hashable {
    /// `https`, or `http` to this machine.
    public let url: String
    /// The value of the header `Authorization`.
    public let authorization: Confidential?
    /// A body of the type `application/x-www-form-urlencoded`.
    public let form: Confidential?
    /// Of the answer's body, in octets.
    public let maximumAnswer: Int

    init(_ url: String, authorization: Confidential? = nil, form: Confidential? = nil, maximumAnswer: Int) {
        self.url = url
        self.authorization = authorization
        self.form = form
        self.maximumAnswer = maximumAnswer
    }
}

/// What a provider answered.
public struct FetchAnswer: Sendable {
    public let status: Int
    public let body: [UInt8]

    public init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// Why there was no answer.
public enum FetchFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case tooLarge, deadline
    /// What the HTTP client says: names, addresses and system errors, nothing of the request.
    case connection(String)

    public var description: String {
        switch self {
        case .tooLarge: "the answer is too long"
        case .deadline: "no answer in time"
        case .connection(let cause): cause
        }
    }
}
