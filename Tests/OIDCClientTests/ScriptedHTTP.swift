import Synchronization

@testable import OIDCClient

/// A provider that answers from a script, and remembers what it was asked.
final class ScriptedHTTP: HTTPFetching {
    typealias Outcome = Result<FetchAnswer, FetchFailure>

    private struct Memory {
        var answers: [String: Outcome] = [:]
        var requests: [FetchRequest] = []
    }

    private let memory = Mutex(Memory())

    static let tokenURL = "https://id.example.test/token"
    static let keySetURL = "https://id.example.test/keys"
    static let discoveryURL = issuerURL + "/.well-known/openid-configuration"

    static func metadata(_ changes: [String: String?] = [:]) -> String {
        var members: [String: String] = [
            "issuer": quoted(issuerURL), "authorization_endpoint": #""https://id.example.test/authorize""#,
            "token_endpoint": quoted(tokenURL), "jwks_uri": quoted(keySetURL),
            "end_session_endpoint": #""https://id.example.test/logout?realm=main""#,
        ]
        for (name, value) in changes { members[name] = value }
        return json(members)
    }

    /// A provider that works.
    init(metadata: [String: String?] = [:], keys: Signer = .p256) throws {
        answer(Self.discoveryURL, Self.metadata(metadata))
        answer(Self.keySetURL, try keySetText(keys))
    }

    func answer(_ url: String, status: Int = 200, _ body: String) {
        answer(url, .success(FetchAnswer(status: status, body: Array(body.utf8))))
    }

    func answer(_ url: String, _ outcome: Outcome) {
        memory.withLock { $0.answers[url] = outcome }
    }

    func answerTokens(_ idToken: Confidential, _ extra: [String: String] = [:]) {
        var members = ["id_token": quoted(idToken.revealed), "token_type": #""Bearer""#]
        members.merge(extra) { $1 }
        answer(Self.tokenURL, json(members))
    }

    var requests: [FetchRequest] { memory.withLock(\.requests) }

    func count(of url: String) -> Int { requests.count { $0.url == url } }

    func fetch(_ request: FetchRequest) async throws(FetchFailure) -> FetchAnswer {
        let outcome = memory.withLock { memory in
            memory.requests.append(request)
            return memory.answers[request.url]
        }
        // Others get their turn meanwhile, as they do with a real one.
        await Task.yield()
        return try (outcome ?? .success(FetchAnswer(status: 404, body: []))).get()
    }
}
