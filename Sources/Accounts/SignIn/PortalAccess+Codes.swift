import LatchkeyCore
import TOTP

extension PortalAccess {
    /// Takes a one-time code: completes a sign-in, or is the step-up of a signed-in session. Each gives a new token.
    public func confirm(code: String, in session: Session, from origin: Origin) async throws -> CodeOutcome {
        guard let code = OneTimeCode(code) else { return .wrong }
        return try await take("one-time code", in: session, from: origin) { time in
            guard let totp = try await factors.factors(of: session.account).totp else { return .wrong }
            let key = try SealedTOTP.open(totp.sealed, of: session.account, with: keyring)
            switch TOTP(key: key).read(code, at: time.seconds, lastStep: totp.lastStep) {
            case .valid(let step): return .proof(.totp(step: step, at: time))
            case .used: return .used
            case .wrong: return .wrong
            }
        }
    }

    /// Takes a recovery code in the place of a one-time code; it then is used up.
    public func redeem(recoveryCode: String, in session: Session, from origin: Origin) async throws -> CodeOutcome {
        guard let code = RecoveryCode(recoveryCode) else { return .wrong }
        return try await take("recovery code", in: session, from: origin) { time in
            .proof(.recoveryCode(tags: code.tags(of: session.account, keyring), at: time))
        }
    }

    enum Reading {
        case proof(FactorProof)
        case used
        case wrong
    }

    /// Counts the guess, has it read, and takes the session forward if it proves something. `method` is what it is called in the log.
    func take(
        _ method: String, in session: Session, from origin: Origin,
        read: (Timestamp) async throws -> Reading
    ) async throws -> CodeOutcome {
        let time = now()
        let passage = try await limits.codes.pass(session.account, from: origin, at: time) {
            let outcome = try await judge(try await read(time), method, in: session, from: origin, at: time)
            return switch outcome {
            case .confirmed: (outcome, .right)
            case .wrong: (outcome, .wrong)
            case .alreadyUsed, .ended, .throttled: (outcome, .none)
            }
        }
        switch passage {
        case .judged(let outcome): return outcome
        case .blocked(let until, let isFirst):
            if isFirst { try await recordFailure(.throttled, method, in: session, from: origin, at: time) }
            return .throttled(until: until)
        }
    }

    private func judge(
        _ reading: Reading, _ method: String, in session: Session, from origin: Origin, at time: Timestamp
    ) async throws -> CodeOutcome {
        guard case .proof(let proof) = reading else {
            let isUsed = if case .used = reading { true } else { false }
            return try await refuse(isUsed: isUsed, method, in: session, from: origin, at: time)
        }
        var rng = SystemRandomNumberGenerator()
        let advanced = session.signedIn(with: proof.method, from: origin, at: time)
        let token = BearerToken.generate(using: &rng)
        var events = [
            origin.event(
                session.stage == .signedIn ? .portalStepUp : .portalSignIn, at: time, of: session.account,
                detail: session.stage == .enrolment ? "second factor enrolled" : method)
        ]
        switch proof {
        case .recoveryCode: events.insert(origin.event(.recoveryCodeUsed, at: time, of: session.account), at: 0)
        case .newMailbox(let address, _, _):
            events.insert(
                origin.event(
                    .mailboxEnrolled, at: time, of: session.account, detail: CodeMailbox.masked(address)), at: 0)
        default: break
        }
        switch try await sessions.advance(advanced, tokenHash: BearerToken.hash(token), by: proof, events: events) {
        case .advanced: return .confirmed(token: token, advanced)
        case .alreadyUsed: return try await refuse(isUsed: true, method, in: session, from: origin, at: time)
        case .noFactor: return try await refuse(isUsed: false, method, in: session, from: origin, at: time)
        case .ended: return .ended
        }
    }

    private func refuse(
        isUsed: Bool, _ method: String, in session: Session, from origin: Origin, at time: Timestamp
    ) async throws -> CodeOutcome {
        let detail = isUsed ? "\(method), used before" : method
        try await recordFailure(isUsed ? .policy : .unknown, detail, in: session, from: origin, at: time)
        return isUsed ? .alreadyUsed : .wrong
    }

    /// Who gives a wrong code has given the right password: it is somebody, if not surely the account's own person.
    private func recordFailure(
        _ refusal: Refusal, _ detail: String, in session: Session, from origin: Origin, at time: Timestamp
    ) async throws {
        try await audit.append([
            origin.event(
                .portalSignInFailed, at: time, by: .client, account: session.account, refusal: refusal, detail: detail)
        ])
    }
}

extension FactorProof {
    /// Of one that a typed code gives.
    fileprivate var method: SignInMethod {
        switch self {
        case .recoveryCode: .recoveryCode
        case .mailedCode, .newMailbox: .mailedCode
        default: .oneTimeCode
        }
    }
}
