import LatchkeyCore
public import WebAuthn

extension PortalAccess {
    /// For the sign-in page: any passkey of this site, whoever's it is.
    public func passkeySignIn(at site: RelyingParty) throws -> Ceremony {
        let challenge = try challenge(for: .signIn)
        return Ceremony(site.authenticationOptions(challenge: challenge.challenge).json, challenge)
    }

    /// Signs in with a passkey alone: it is something one has, and unlocking it is the second factor.
    public func signIn(with answer: CeremonyAnswer, at site: RelyingParty, from origin: Origin) async throws
        -> SignInOutcome
    {
        let time = now()
        // What comes from no key of ours is nobody's sign-in, and makes no line in anybody's log.
        guard let known = try await read(answer, for: .signIn, at: time), known.credential.kind == .passkey else {
            return .refused
        }
        let passage = try await limits.keys.pass(known.credential.account, from: origin, at: time) {
            let outcome = try await judge(known, at: site, from: origin, time)
            if case .started = outcome { return (outcome, .right) }
            return (outcome, .wrong)
        }
        switch passage {
        case .judged(let outcome): return outcome
        case .blocked(let until, let isFirst):
            if isFirst {
                try await recordFailure(.throttled, "passkey", of: known.credential.account, from: origin, at: time)
            }
            return .throttled(until: until)
        }
    }

    private func judge(
        _ known: AnsweredCeremony, at site: RelyingParty, from origin: Origin, _ time: Timestamp
    ) async throws -> SignInOutcome {
        let account = known.credential.account
        guard let owner = try await accounts.account(account), !owner.isDisabled else {
            try await recordFailure(.accountDisabled, "passkey", of: account, from: origin, at: time)
            return .refused
        }
        let use: CredentialUse
        do throws(AuthenticationError) {
            use = try known.use(at: site, identification: .byResponse, userVerification: .required, time)
        } catch {
            try await recordFailure(error, "passkey", of: known, from: origin, at: time)
            return .refused
        }
        var rng = SystemRandomNumberGenerator()
        var session = Session(.signedIn, of: account, from: origin, at: time, using: &rng)
            .signedIn(with: .passkey, from: origin, at: time)
        session.times = times
        let token = BearerToken.generate(using: &rng)
        let event = origin.event(.portalSignIn, at: time, of: account, detail: "passkey “\(known.credential.name)”")
        let advance = try await sessions.insert(
            session, tokenHash: BearerToken.hash(token), by: .credential(use), events: [event])
        guard advance == .advanced else {
            try await recordFailure(.policy, "passkey", of: account, from: origin, at: time)
            return .refused
        }
        return .started(token: token, session)
    }

    /// For the second step or a fresh sign-in in `session`; nil if the account has neither passkey nor security key.
    public func keyConfirmation(in session: Session, at site: RelyingParty) async throws -> Ceremony? {
        let credentials = try await keys.credentials(of: session.account)
        guard !credentials.isEmpty else { return nil }
        let challenge = try challenge(for: .confirmation(session.id))
        var options = site.authenticationOptions(challenge: challenge.challenge)
        options.allow = credentials.map(\.stored.descriptor)
        // Where the password came first, touching the key is enough.
        options.userVerification = session.stage == .signedIn ? .preferred : .discouraged
        return Ceremony(options.json, challenge)
    }

    /// Takes a passkey's or security key's answer as `confirm(code:)` takes a code.
    public func confirm(
        _ answer: CeremonyAnswer, at site: RelyingParty, in session: Session, from origin: Origin
    ) async throws -> CodeOutcome {
        let time = now()
        let passage = try await limits.keys.pass(session.account, from: origin, at: time) {
            let outcome = try await judge(answer, at: site, in: session, from: origin, time)
            return switch outcome {
            case .confirmed: (outcome, .right)
            case .wrong, .alreadyUsed: (outcome, .wrong)
            case .ended, .throttled: (outcome, .none)
            }
        }
        switch passage {
        case .judged(let outcome): return outcome
        case .blocked(let until, let isFirst):
            if isFirst { try await recordFailure(.throttled, "key", of: session.account, from: origin, at: time) }
            return .throttled(until: until)
        }
    }

    private func judge(
        _ answer: CeremonyAnswer, at site: RelyingParty, in session: Session, from origin: Origin, _ time: Timestamp
    ) async throws -> CodeOutcome {
        let known = try await read(answer, for: .confirmation(session.id), at: time)
        // Where the password came first, touching the key is enough.
        guard session.stage != .enrolment, let known, known.credential.account == session.account else {
            try await recordFailure(.unknown, "key", of: session.account, from: origin, at: time)
            return .wrong
        }
        let use: CredentialUse
        do throws(AuthenticationError) {
            use = try known.use(
                at: site, identification: .beforehand(allowed: [known.credential.stored.id]),
                userVerification: session.stage == .signedIn && known.credential.kind == .passkey
                    ? .required : .discouraged, time)
        } catch {
            try await recordFailure(error, "key", of: known, from: origin, at: time)
            return .wrong
        }
        var rng = SystemRandomNumberGenerator()
        let method: SignInMethod = known.credential.kind == .passkey ? .passkey : .securityKey
        let advanced = session.signedIn(with: method, from: origin, at: time)
        let token = BearerToken.generate(using: &rng)
        let event = origin.event(
            session.stage == .signedIn ? .portalStepUp : .portalSignIn, at: time, of: session.account,
            detail: "\(method == .passkey ? "passkey" : "security key") “\(known.credential.name)”")
        switch try await sessions.advance(
            advanced, tokenHash: BearerToken.hash(token), by: .credential(use), events: [event])
        {
        case .advanced: return .confirmed(token: token, advanced)
        case .ended: return .ended
        case .alreadyUsed, .noFactor:
            try await recordFailure(.policy, "key, used before", of: session.account, from: origin, at: time)
            return .wrong
        }
    }

    private func challenge(for purpose: CeremonyChallenge.Purpose) throws -> CeremonyChallenge {
        var rng = SystemRandomNumberGenerator()
        guard let challenge = CeremonyChallenge.make(for: purpose, keyring, at: now(), using: &rng) else {
            throw KeyringIsEmpty()
        }
        return challenge
    }

    private func read(
        _ answer: CeremonyAnswer, for purpose: CeremonyChallenge.Purpose, at time: Timestamp
    ) async throws -> AnsweredCeremony? {
        guard let challenge = CeremonyChallenge(base64URL: answer.challenge, for: purpose, keyring, at: time) else {
            return nil
        }
        let response: AuthenticationResponse
        do throws(ResponseError) {
            response = try AuthenticationResponse(json: Array(answer.response.utf8))
        } catch {
            return nil
        }
        guard let found = try await keys.credential(response.credentialID) else { return nil }
        return AnsweredCeremony(
            credential: found.credential, owner: found.owner, response: response, challenge: challenge.challenge)
    }

    /// A counter that goes back comes from whoever has the private key, or a copy of it: its owner is told.
    private func recordFailure(
        _ error: AuthenticationError, _ detail: String, of known: AnsweredCeremony, from origin: Origin,
        at time: Timestamp
    ) async throws {
        let credential = known.credential
        if case .signCountDidNotGrow = error {
            let event = origin.event(
                .keyCopySuspected, at: time, by: .client, account: credential.account, detail: credential.described)
            if try await keys.reportCopy(answering: known.challenge.octets, event: event) { return }
        }
        try await recordFailure(.unknown, detail, of: credential.account, from: origin, at: time)
    }

    private func recordFailure(
        _ refusal: Refusal, _ detail: String, of account: AccountID?, from origin: Origin, at time: Timestamp
    ) async throws {
        try await audit.append([
            origin.event(
                .portalSignInFailed, at: time, by: .client, account: account, refusal: refusal, detail: detail)
        ])
    }
}

/// An answer to a challenge of ours, with the key that it says to come from. Not verified yet.
private struct AnsweredCeremony {
    let credential: WebAuthnCredential
    let owner: UserHandle
    let response: AuthenticationResponse
    let challenge: Challenge

    /// Throws if the answer does not hold.
    func use(
        at site: RelyingParty, identification: Identification, userVerification: UserVerification, _ time: Timestamp
    ) throws(AuthenticationError) -> CredentialUse {
        let proved = try site.verify(
            authentication: response, challenge: challenge, credential: credential.stored, owner: owner,
            identification: identification, userVerification: userVerification)
        return CredentialUse(
            id: credential.id, challenge: challenge.octets, lastSignCount: credential.stored.signCount,
            signCount: proved.credential.signCount, isBackedUp: proved.credential.isBackedUp, time: time)
    }
}

extension Ceremony {
    init(_ options: [UInt8], _ challenge: CeremonyChallenge) {
        self.init(options: String(decoding: options, as: UTF8.self), challenge: challenge.text)
    }
}

/// Cannot come about: a keyring has a key.
struct KeyringIsEmpty: Error {}
