public import LatchkeyCore
public import WebAuthn

/// The answer to a new passkey or security key.
public enum Enrolment: Sendable {
    /// The session has this new token; one that had to enrol is signed in.
    case enrolled(token: Secret, Session, WebAuthnCredential)
    /// Not what was asked for, or too late: begin again.
    case refused
    /// Somebody has this key already.
    case taken
    case ended
}

extension PortalCredentials {
    /// The account's passkeys and security keys, in the order in which they were added.
    public func keys(of account: AccountID) async throws -> [WebAuthnCredential] {
        try await keys.credentials(of: account)
    }

    /// What a new passkey or security key is asked for with. Throws `StepUpRequired` unless the session is fresh, or has to enrol, and
    /// `InvalidInput` if there are as many as there may be.
    public func beginKey(_ kind: WebAuthnCredential.Kind, at site: RelyingParty, in session: Session) async throws
        -> Ceremony
    {
        let time = now()
        guard let account = try await accounts.account(session.account), try await mayEnrol(session, at: time) else {
            throw StepUpRequired()
        }
        let credentials = try await keys.credentials(of: account.id)
        guard credentials.count < WebAuthnCredential.maximumCount else {
            throw InvalidInput(
                field: "key", text: "You have \(WebAuthnCredential.maximumCount) already. Remove one you no longer use."
            )
        }
        var rng = SystemRandomNumberGenerator()
        guard
            let challenge = CeremonyChallenge.make(
                for: .registration(session.id, kind), keyring, at: time, using: &rng),
            let candidate = UserHandle((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &rng) })
        else { throw KeyringIsEmpty() }
        let handle = try await keys.userHandle(of: account.id, orElse: candidate)
        let user = RegistrationOptions.User(
            handle: handle, name: account.login.text,
            displayName: account.name.isEmpty ? account.login.text : account.name)
        var options = site.registrationOptions(user: user, challenge: challenge.challenge)
        options.exclude = credentials.map(\.stored.descriptor)
        switch kind {
        case .passkey:
            options.residentKey = .required
            options.userVerification = .required
        case .securityKey:
            options.residentKey = .discouraged
            options.userVerification = .discouraged
            options.attachment = .crossPlatform
        }
        return Ceremony(options.json, challenge)
    }

    /// Adds what the browser made. Throws `StepUpRequired` as `beginKey` does.
    public func addKey(
        _ answer: CeremonyAnswer, _ kind: WebAuthnCredential.Kind, at site: RelyingParty, in session: Session,
        from origin: Origin
    ) async throws -> Enrolment {
        let time = now()
        guard try await mayEnrol(session, at: time) else { throw StepUpRequired() }
        guard
            let challenge = CeremonyChallenge(
                base64URL: answer.challenge, for: .registration(session.id, kind), keyring, at: time),
            let registration = await register(answer, kind, challenge.challenge, at: site, time)
        else { return .refused }
        var rng = SystemRandomNumberGenerator()
        let others = try await keys.credentials(of: session.account)
        let credential = WebAuthnCredential(
            id: Identifier(at: time, using: &rng), account: session.account, kind: kind,
            name: Self.name(of: registration.credential, kind, besides: others.map(\.name)),
            stored: registration.credential, added: time)
        let method: SignInMethod = kind == .passkey ? .passkey : .securityKey
        let advanced = session.signedIn(with: method, from: origin, at: time)
        let token = BearerToken.generate(using: &rng)
        var events = [
            origin.event(
                kind == .passkey ? .passkeyAdded : .securityKeyAdded, at: time, of: session.account,
                detail: credential.described)
        ]
        if session.stage != .signedIn {
            events.append(
                origin.event(.portalSignIn, at: time, of: session.account, detail: "\(method.rawValue) enrolled"))
        }
        switch try await sessions.advance(
            advanced, tokenHash: BearerToken.hash(token),
            by: .newCredential(credential, challenge: challenge.challenge.octets), events: events)
        {
        case .advanced: return .enrolled(token: token, advanced, credential)
        case .alreadyUsed: return .taken
        case .noFactor: return .refused
        case .ended: return .ended
        }
    }

    private func register(
        _ answer: CeremonyAnswer, _ kind: WebAuthnCredential.Kind, _ challenge: Challenge, at site: RelyingParty,
        _ time: Timestamp
    ) async -> Registration? {
        do {
            let response = try RegistrationResponse(json: Array(answer.response.utf8))
            return try await site.verify(
                registration: response, challenge: challenge,
                userVerification: kind == .passkey ? .required : .discouraged, at: time.seconds)
        } catch {
            // Whatever was wrong with it, there is one thing to do: begin again.
            return nil
        }
    }

    /// What its maker calls it, told apart from the others: to be changed by its owner.
    private static func name(
        of credential: WebAuthn.StoredCredential, _ kind: WebAuthnCredential.Kind, besides others: [String]
    ) -> String {
        let model = AuthenticatorNames.name(of: credential.aaguid) ?? (kind == .passkey ? "Passkey" : "Security key")
        guard others.contains(model) else { return model }
        for number in 2...WebAuthnCredential.maximumCount where !others.contains("\(model) \(number)") {
            return "\(model) \(number)"
        }
        return model
    }

    /// Throws `InvalidInput` for the field `name`. False if the account has no such key.
    public func renameKey(
        _ id: Identifier<WebAuthnCredential>, to name: String, in session: Session, from origin: Origin
    ) async throws -> Bool {
        guard session.stage == .signedIn else { throw StepUpRequired() }
        let kept = try WayName.checked(name)
        return try await keys.rename(
            id, of: session.account, to: kept,
            event: origin.event(.keyRenamed, at: now(), of: session.account, detail: kept))
    }

    /// Removes a way to sign in, and ends every other session of the account. Throws `StepUpRequired` unless the session is fresh.
    public func remove(_ method: RemovableMethod, in session: Session, from origin: Origin) async throws -> Removal {
        let time = now()
        guard session.isFresh(at: time) else { throw StepUpRequired() }
        let action: AuditEvent.Action
        var detail: String?
        switch method {
        case .password: action = .portalPasswordRemoved
        case .totp: action = .totpRemoved
        case .mailbox: action = .mailboxRemoved
        case .credential(let id):
            guard let credential = try await keys.credentials(of: session.account).first(where: { $0.id == id }) else {
                return .gone
            }
            action = credential.kind == .passkey ? .passkeyRemoved : .securityKeyRemoved
            detail = credential.described
        case .identity(let id):
            guard let identity = try await factors.factors(of: session.account).identities.first(where: { $0.id == id })
            else { return .gone }
            action = .identityUnlinked
            detail = identity.named
        }
        return try await factors.remove(
            method, of: session.account, keeping: session.id,
            event: origin.event(action, at: time, of: session.account, detail: detail))
    }
}
