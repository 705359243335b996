public import LatchkeyCore

/// One-time codes by mail, for people with neither a phone nor a key, where the administrator allows it.
///
/// It is the weakest second step (NIST SP 800-63B-4 does not take e-mail as an authenticator): so it is off by default, not for accounts
/// with a role, and never to a mailbox that this installation guards.
public struct CodesByMail: Sendable {
    /// What it is called in the log.
    private static let method = "code by mail"

    let access: PortalAccess
    let credentials: PortalCredentials
    private let mailboxes: any CodeMailboxRepository
    private let post: any CodePost

    public init(
        access: PortalAccess, credentials: PortalCredentials, mailboxes: any CodeMailboxRepository,
        post: any CodePost
    ) {
        self.access = access
        self.credentials = credentials
        self.mailboxes = mailboxes
        self.post = post
    }

    /// How long a code counts from its sending on: mail may take some minutes.
    public static let lifetime: Duration = .seconds(600)

    /// What came of asking for a code.
    public enum Sending: Hashable, Sendable {
        /// The mail server has it.
        case sent
        /// Too many were asked for.
        case throttled(until: Timestamp)
        /// The mail server did not take it: try again later, or sign in another way.
        case notSent
        /// There is no mailbox that codes may go to, or no longer.
        case noMailbox
        /// The session ended meanwhile: sign in again.
        case ended
    }

    /// Mails a code for the second step, or to confirm with, to the mailbox of the session's account.
    public func send(in session: Session, from origin: Origin) async throws -> Sending {
        guard session.stage != .enrolment, let account = try await access.accounts.account(session.account),
            let mailbox = try await access.factors.factors(of: account.id).mailbox, mailbox.isUsable,
            try await !isGuarded(mailbox.address)
        else { return .noMailbox }
        return try await send(to: mailbox.address, .signIn, of: account, in: session, from: origin)
    }

    /// Takes a mailed code: completes a sign-in, or confirms in a signed-in session. It counts as a code of an authenticator app does, against the
    /// same limit.
    public func confirm(code: String, in session: Session, from origin: Origin) async throws -> CodeOutcome {
        guard let code = MailedCode(code) else { return .wrong }
        let outcome = try await access.take(Self.method, in: session, from: origin) { time in
            guard try await access.factors.factors(of: session.account).mailbox?.isUsable == true else { return .wrong }
            return .proof(.mailedCode(tags: code.tags(in: session.id, access.keyring), at: time))
        }
        if case .confirmed = outcome { welcome(session, from: origin) }
        return outcome
    }

    /// Mails a first code to a mailbox that codes are to go to from now on. Throws `InvalidInput` for the field `address`, and `StepUpRequired` unless
    /// the session is fresh, or has to enrol.
    public func begin(_ address: String, in session: Session, from origin: Origin) async throws -> Sending {
        let account = try await enrolling(session)
        let mailbox = try await checked(address)
        return try await send(to: mailbox, .enrolment, of: account, in: session, from: origin)
    }

    /// Takes the code that was mailed to `address`, where codes go from then on. A session that had to enrol is signed in by it. Throws as `begin` does.
    public func enrol(
        _ address: String, code: String, in session: Session, from origin: Origin
    ) async throws -> CodeOutcome {
        _ = try await enrolling(session)
        let mailbox = try await checked(address)
        guard let code = MailedCode(code) else { return .wrong }
        let outcome = try await access.take(Self.method, in: session, from: origin) { time in
            .proof(.newMailbox(mailbox, tags: code.tags(in: session.id, access.keyring), at: time))
        }
        if case .confirmed = outcome { welcome(session, from: origin) }
        return outcome
    }

    private func enrolling(_ session: Session) async throws -> Account {
        guard try await credentials.mayEnrol(session, at: access.now()),
            let account = try await access.accounts.account(session.account), account.mayGetCodesByMail
        else { throw StepUpRequired() }
        return account
    }

    private func checked(_ text: String) async throws -> MailAddress {
        guard let address = MailAddress(text), address.domain.contains(".") else {
            throw InvalidInput(field: "address", text: "Write it like alice@example.net.")
        }
        guard try await !isGuarded(address) else {
            throw InvalidInput(
                field: "address",
                text:
                    "Give a private address of another provider. Who gets hold of an app password could read the codes at \(address.domain)."
            )
        }
        return address
    }

    private func isGuarded(_ address: MailAddress) async throws -> Bool {
        let domain = MailDomain(address.domain)
        if let own = access.defaultDomain, domain.isWithin(MailDomain(own)) { return true }
        return try await mailboxes.guardedDomains().contains { domain.isWithin(MailDomain($0)) }
    }

    /// Each mail costs a guess, until one of the codes comes back.
    private func send(
        to address: MailAddress, _ purpose: CodeMail.Purpose, of account: Account, in session: Session,
        from origin: Origin
    ) async throws -> Sending {
        let time = access.now()
        let passage = try await access.limits.mails.pass(account.id, from: origin, at: time) {
            () async throws -> (Sending, GuessGate<AccountID>.Judgement) in
            var rng = SystemRandomNumberGenerator()
            let code = MailedCode.generate(using: &rng)
            guard let tag = code.tags(in: session.id, access.keyring).first else { throw KeyringIsEmpty() }
            let isKept = try await mailboxes.insert(
                SentCode(session: session.id, address: address, tag: tag, time: time),
                event: origin.event(
                    .mailedCodeAsked, at: time, by: session.stage == .signedIn ? .account(account.id) : .client,
                    account: account.id, detail: CodeMailbox.masked(address)))
            guard isKept else { return (.ended, .none) }
            do throws(CodeNotSent) {
                try await post.send(
                    CodeMail(
                        code: code.display, recipient: address, login: account.login, purpose: purpose, time: time,
                        lifetime: Self.lifetime, address: origin.address, client: origin.agent))
            } catch {
                return (.notSent, .none)
            }
            return (.sent, .wrong)
        }
        return switch passage {
        case .judged(let sending): sending
        case .blocked(let until, _): .throttled(until: until)
        }
    }

    private func welcome(_ session: Session, from origin: Origin) {
        access.limits.mails.welcome(session.account, from: origin, at: access.now())
    }
}
