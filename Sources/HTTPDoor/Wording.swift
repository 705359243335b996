import LatchkeyCore

/// Every answer this door gives, made from the configuration once.
struct Wording: Sendable {
    /// Seconds that a throttled client is asked to wait. Not how long it is really blocked: that would tell a guesser too much.
    static let retryAfter = 60

    private let challenge: [UInt8]
    private let user: [UInt8]
    private let name: [UInt8]
    private let email: [UInt8]
    private let groups: [UInt8]
    let mail: MailWording

    init(_ configuration: HTTPDoor.Configuration) {
        var realm: [UInt8] = []
        HeaderText.append(configuration.realm, to: &realm)
        // A quoted-string (RFC 9110 §5.6.4).
        let quoted = realm.flatMap {
            [UInt8(ascii: "\""), UInt8(ascii: "\\")].contains($0) ? [UInt8(ascii: "\\"), $0] : [$0]
        }
        challenge = Array("WWW-Authenticate: Basic realm=\"".utf8) + quoted + Array("\", charset=\"UTF-8\"\r\n".utf8)
        let headers = configuration.identityHeaders
        user = Array("\(headers.user): ".utf8)
        name = Array("\(headers.name): ".utf8)
        email = Array("\(headers.email): ".utf8)
        groups = Array("\(headers.groups): ".utf8)
        mail = MailWording(configuration.mail)
    }

    // MARK: /auth/basic

    /// 200 with every identity header.
    func identity(of acceptance: Acceptance) -> Response {
        var fields: [UInt8] = []
        fields.reserveCapacity(192)
        func append(_ header: [UInt8], _ value: String) {
            fields += header
            HeaderText.append(value, to: &fields)
            fields.append(UInt8(ascii: "\r"))
            fields.append(UInt8(ascii: "\n"))
        }
        let login = acceptance.login.text
        append(user, login)
        append(name, acceptance.name)
        append(email, login.utf8.contains(UInt8(ascii: "@")) ? login : "")
        // Commas between, as Authelia has it: no name of a group holds one.
        append(groups, acceptance.groups.lazy.map(\.text).joined(separator: ","))
        return Response(.ok, fields: fields)
    }

    /// The same for a request without credentials as for a wrong one: mail and DAV clients send none until they are asked.
    var unauthorized: Response { Response(.unauthorized, line: Refusal.wireText, fields: challenge) }

    /// 401 even here: nginx turns 429 into 500.
    var throttled: Response {
        Response(
            .unauthorized, line: Refusal.wireText, fields: challenge + Array("Retry-After: \(Self.retryAfter)\r\n".utf8)
        )
    }

    static let unavailable = Response(.serviceUnavailable, line: Refusal.unavailableWireText)

    static let unnamedService = Response(
        .badRequest,
        line:
            "no service: ask /auth/basic/SERVICE, or send \(Fields.serviceName): SERVICE, for example webdav or http:wiki"
    )
    static let invalidService = Response(
        .badRequest,
        line:
            "not a service name: it has 1 to 64 of a-z 0-9 . _ : - and begins with a letter or digit, for example http:wiki"
    )
    static let untrustedPeer = Response(
        .forbidden,
        line: "this address may not ask: add it to the trusted networks, or send a service token as \(Fields.tokenName)"
    )
    static let unknownToken = Response(
        .forbidden, line: "\(Fields.tokenName) is no valid service token: latchkey service-token create makes one")

    static func notAmongServices(_ service: Service) -> Response {
        Response(.forbidden, line: outOfScope(service))
    }

    // MARK: /verify

    static func accepted(_ acceptance: Acceptance) -> Response {
        Response(
            .ok,
            json: JSONObject([
                "verdict": "accepted", "account": .text(acceptance.account.description),
                "login": .text(acceptance.login.text), "name": .text(acceptance.name),
                "groups": .list(acceptance.groups.map(\.text)),
                "app_password": .text(acceptance.appPassword.description),
            ]))
    }

    static let refused = Response(.ok, json: JSONObject(["verdict": "refused"]))
    static let noVerdict = Response(.serviceUnavailable, json: JSONObject(["verdict": "unavailable"]))
    static let tokenNeeded = Response(
        .unauthorized, json: JSONObject(["error": "a service token is needed: send Authorization: Bearer TOKEN"]),
        fields: Array("WWW-Authenticate: Bearer realm=\"latchkey\"\r\n".utf8))

    static func unreadable(_ problem: VerifyQuestion.Unreadable) -> Response {
        Response(.badRequest, json: JSONObject(["error": .text(problem.line)]))
    }

    static func mayNotAsk(about service: Service) -> Response {
        Response(.forbidden, json: JSONObject(["error": .text(outOfScope(service))]))
    }

    static func outOfScope(_ service: Service) -> String {
        "the service token may not ask about \(service): add the service to it, or use another token"
    }

    // MARK: Any path

    static let healthy = Response(.ok, line: "ok")
    static let notFound = Response(
        .notFound, line: "not found: this door has /verify, /auth/basic, /auth/nginx-mail and /health")
    static let badRequest = Response(.badRequest, line: "bad request")
    static let noHost = Response(.badRequest, line: "bad request: one Host field is needed")
    static let requestTooSlow = Response(.requestTimeout, line: "the request took too long to arrive")
    static let contentTooLarge = Response(
        .contentTooLarge,
        line: "the body is too long: send at most \(VerifyQuestion.maximumLength) octets, and none to /auth/basic")
    static let fieldsTooLarge = Response(.fieldsTooLarge, line: "the header is too long")

    static func repeated(_ field: String) -> Response {
        Response(.badRequest, line: "\(field) is sent twice")
    }

    static func notAllowed(_ methods: [Request.Method]) -> Response {
        let names = methods.map { method in
            switch method {
            case .get: "GET"
            case .head: "HEAD"
            case .post: "POST"
            case .other: ""
            }
        }
        let list = names.joined(separator: ", ")
        return Response(.methodNotAllowed, line: "use \(list)", fields: Array("Allow: \(list)\r\n".utf8))
    }
}
