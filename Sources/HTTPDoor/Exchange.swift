import LatchkeyCore

/// What becomes of a request, from its last octet to its answer. Pure: no sockets, no clock, no suspension. Each step says what the
/// door does next, and carries what the step after it needs, so that none can be taken out of turn.
struct Exchange: Sendable {
    let wording: Wording
    /// Whether the peer may ask `/auth/basic` and `/auth/nginx-mail` without a token.
    let peerIsTrusted: Bool

    enum Step {
        /// `after` is how long the answer is held back.
        case answer(Response, after: Duration = .zero)
        /// Tell the operator, then answer.
        case complain(Complaint, Response)
        /// Ask who bears the token, then `proceed`.
        case identify(Secret, Inquiry)
        /// Ask the verifier, then `conclude`.
        case verify(Attempt, Form)
    }

    /// What waits until it is known who asks.
    enum Inquiry {
        case verify(body: [UInt8])
        case basic(BasicQuestion)
        case mail(MailQuestion)
    }

    /// A question for `/auth/basic`, ready but for the right to ask it.
    struct BasicQuestion {
        let service: Service
        /// Nil if the request bore none that can be read.
        let credentials: BasicCredentials?
        let address: IPAddress?
        let client: String?
    }

    /// How a verdict is told.
    enum Form {
        case json, headers
        case mail(MailProtocol, mayRetry: Bool, MailWording.BackEnd)
    }

    func begin(_ request: Request) -> Step {
        guard let route = request.route else { return .answer(Wording.notFound) }
        if let methods = route.methods, !methods.contains(request.method) {
            return .answer(Wording.notAllowed(methods))
        }
        if let repeated = request.fields.repeated { return .answer(Wording.repeated(repeated)) }
        switch route {
        case .health: return .answer(Wording.healthy)
        case .verify:
            guard case .bearer(let token) = request.fields.authorization.flatMap(Authorization.init) else {
                return .answer(Wording.tokenNeeded)
            }
            return .identify(token, .verify(body: request.body))
        case .basic(let service): return begin(request.fields, service: service)
        case .nginxMail: return begin(request.mail)
        }
    }

    private func begin(_ fields: MailFields) -> Step {
        if let repeated = fields.repeated { return .answer(Wording.repeated(repeated)) }
        guard let question = MailQuestion(fields) else { return .answer(MailWording.unknownProtocol) }
        if let key = fields.key { return .identify(Secret(key), .mail(question)) }
        return peerIsTrusted ? ask(question) : .answer(MailWording.untrustedPeer(question.mailProtocol))
    }

    /// A service in the path goes before one in the header, which a careless proxy may have passed on from its client.
    private func begin(_ fields: Fields, service named: String?) -> Step {
        guard let named = named ?? fields.service else { return .answer(Wording.unnamedService) }
        guard let service = Service(named) else { return .answer(Wording.invalidService) }
        var credentials: BasicCredentials?
        if case .basic(let read) = fields.authorization.flatMap(Authorization.init) { credentials = read }
        let question = BasicQuestion(
            service: service, credentials: credentials, address: fields.client, client: fields.userAgent)
        // A token that is sent counts, from trusted peers too: its limits are there to be kept.
        if let token = fields.token { return .identify(Secret(token), .basic(question)) }
        return peerIsTrusted ? ask(question) : .answer(Wording.untrustedPeer)
    }

    func proceed(_ inquiry: Inquiry, askedBy asker: Result<RelyingService?, StoreError>) -> Step {
        switch (inquiry, asker) {
        case (.verify, .failure): return .answer(Wording.noVerdict)
        case (.verify, .success(nil)): return .answer(Wording.tokenNeeded)
        case (.verify(let body), .success(let asker?)): return ask(body, as: asker)
        case (.basic, .failure): return .answer(Wording.unavailable)
        case (.basic, .success(nil)): return .answer(Wording.unknownToken)
        case (.basic(let question), .success(let asker?)):
            guard asker.mayAsk(about: question.service) else {
                return .answer(Wording.notAmongServices(question.service))
            }
            return ask(question)
        case (.mail(let question), .failure): return .answer(MailWording.unavailable(question.mailProtocol))
        case (.mail(let question), .success(nil)): return .answer(MailWording.unknownKey(question.mailProtocol))
        case (.mail(let question), .success(let asker?)):
            guard asker.mayAsk(about: question.mailProtocol.service) else {
                return .answer(MailWording.notAmongServices(question.mailProtocol))
            }
            return ask(question)
        }
    }

    /// Nobody is verified who could be sent nowhere.
    private func ask(_ question: MailQuestion) -> Step {
        let mailProtocol = question.mailProtocol
        guard let backEnd = wording.mail.backEnd(for: mailProtocol) else {
            return .complain(.noBackEnd(mailProtocol), MailWording.unavailable(mailProtocol))
        }
        switch question.method {
        case .plain: return .verify(question.attempt, .mail(mailProtocol, mayRetry: question.mayRetry, backEnd))
        case .none where mailProtocol == .smtp: return .answer(MailWording.signInNeeded)
        case .none, .unsupported:
            let refusal = MailWording.refused(mailProtocol, mayRetry: question.mayRetry)
            return .complain(.unsupportedMethod(mailProtocol), refusal)
        }
    }

    private func ask(_ question: BasicQuestion) -> Step {
        guard let credentials = question.credentials else { return .answer(wording.unauthorized) }
        let attempt = Attempt(
            authcid: credentials.authcid, secret: credentials.secret, service: question.service, door: .http,
            address: question.address, client: question.client)
        return .verify(attempt, .headers)
    }

    private func ask(_ body: [UInt8], as asker: RelyingService) -> Step {
        do {
            let question = try VerifyQuestion(body)
            guard asker.mayAsk(about: question.service) else {
                return .answer(Wording.mayNotAsk(about: question.service))
            }
            let attempt = Attempt(
                authcid: question.account, secret: question.secret, service: question.service, door: .http,
                address: question.address, client: question.client)
            return .verify(attempt, .json)
        } catch {
            return .answer(Wording.unreadable(error))
        }
    }

    /// The answer to a verdict, and how long it is held back.
    func conclude(_ form: Form, _ verdict: Verdict) -> (response: Response, after: Duration) {
        switch (verdict, form) {
        case (.accepted(let acceptance), .json): (Wording.accepted(acceptance), .zero)
        case (.accepted(let acceptance), .headers): (wording.identity(of: acceptance), .zero)
        case (.accepted(let acceptance), .mail(_, _, let backEnd)):
            (MailWording.accepted(acceptance, to: backEnd), .zero)
        case (.refused(let refusal, let hold), .json) where refusal.isTemporary: (Wording.noVerdict, hold)
        case (.refused(let refusal, let hold), .headers) where refusal.isTemporary: (Wording.unavailable, hold)
        case (.refused(let refusal, let hold), .mail(let mailProtocol, _, _)) where refusal.isTemporary:
            (MailWording.unavailable(mailProtocol), hold)
        case (.refused(_, let hold), .json): (Wording.refused, hold)
        case (.refused(.throttled, let hold), .headers): (wording.throttled, hold)
        case (.refused(_, let hold), .headers): (wording.unauthorized, hold)
        // Either nginx keeps the client waiting, or we do.
        case (.refused(_, let hold), .mail(let mailProtocol, let mayRetry, _)):
            (MailWording.refused(mailProtocol, mayRetry: mayRetry), mayRetry ? .zero : hold)
        }
    }
}
