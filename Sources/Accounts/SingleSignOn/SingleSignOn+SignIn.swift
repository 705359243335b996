import Keyring
import LatchkeyCore
import OIDCClient

extension SingleSignOn {
    func signIn(_ identity: Identity, _ visit: Visit) async throws -> Homecoming {
        guard visit.provider.suffices(identity) || visit.provider.singleFactor == .ask else {
            try await visit.record(.policy, "it did not tell of a second factor", in: access.audit)
            return .refused(.singleFactor)
        }
        guard let known = try await identities.identity(identity.key) else {
            return try await welcome(identity, visit)
        }
        guard let account = try await access.accounts.account(known.account), !account.isDisabled else {
            try await visit.record(.accountDisabled, "the account is disabled", of: known.account, in: access.audit)
            return .refused(.noAccount)
        }
        // What somebody loses, they lose before they are in.
        try await applyGroups(of: identity, to: account.id, visit)
        let isEnrolled = try await access.factors.factors(of: account.id).isEnrolled
        let (token, session) = begin(identity, of: account.id, isEnrolled: isEnrolled, visit)
        let advance = try await access.sessions.insert(
            session, tokenHash: BearerToken.hash(token), by: .identity(try use(of: identity, visit)),
            events: [visit.signedIn(session)])
        guard advance == .advanced else {
            try await visit.record(.policy, "the identity was unlinked just now", of: account.id, in: access.audit)
            return .refused(.noAccount)
        }
        return .signedIn(token: token, session)
    }

    /// Makes an account for somebody whom the provider answers for, if the operator wants that.
    private func welcome(_ identity: Identity, _ visit: Visit) async throws -> Homecoming {
        guard let login = visit.provider.loginName(for: identity) else {
            let cause =
                visit.provider.newcomers.isEmpty
                ? "nobody has this identity" : "nobody has this identity, and its address makes no account"
            try await visit.record(.unknown, cause, in: access.audit)
            return .refused(.noAccount)
        }
        var rng = SystemRandomNumberGenerator()
        let id = AccountID(at: visit.time, using: &rng)
        let name = Attempt.printable(identity.name ?? "", limit: 4 * SetupLinks.maximumNameLength) ?? ""
        let account = Account(
            id: id, login: login, name: String(name.prefix(SetupLinks.maximumNameLength)), created: visit.time)
        let linked = newIdentity(identity, of: id, visit, using: &rng)
        let (token, session) = begin(identity, of: id, isEnrolled: false, visit)
        let newcomer = Newcomer(
            account: account, identity: linked, session: session, sessionTokenHash: BearerToken.hash(token),
            origin: try providerSession(of: identity, visit.provider),
            accountCreated: visit.origin.event(
                .accountCreated, at: visit.time, by: .system, account: id,
                detail: "\(login), through \(visit.provider.title)"),
            events: [visit.linked(linked), visit.signedIn(session)])
        switch try await identities.welcome(newcomer) {
        case .welcome:
            try await applyGroups(of: identity, to: id, visit)
            return .signedIn(token: token, session)
        case .known: return try await signIn(identity, visit)
        case .loginTaken:
            let owner = try await access.accounts.account(named: login)
            try await visit.record(.policy, "the login name is taken", of: owner?.id, in: access.audit)
            return .refused(.loginTaken(login))
        }
    }

    /// A session for whoever the provider let in: with a second step to come where it told of one factor only.
    private func begin(
        _ identity: Identity, of account: AccountID, isEnrolled: Bool, _ visit: Visit
    ) -> (Secret, Session) {
        var rng = SystemRandomNumberGenerator()
        let isWhole = visit.provider.suffices(identity)
        var session = Session(
            isWhole ? .signedIn : isEnrolled ? .secondFactor : .enrolment, of: account, from: visit.origin,
            at: visit.time, using: &rng)
        session.methods = [visit.provider.method(of: identity)]
        session.times = access.times
        if isWhole {
            // A provider lets people in whom it asked hours ago: that is not fresh. If it does not say when, it is not either.
            session.strongAt = identity.authTime.map {
                min(Timestamp(microseconds: $0.seconds * 1_000_000), visit.time)
            }
        }
        return (BearerToken.generate(using: &rng), session)
    }

    func use(of identity: Identity, _ visit: Visit) throws -> IdentityUse {
        IdentityUse(
            key: identity.key, email: identity.shownEmail, tellsTime: identity.authTime != nil,
            origin: try providerSession(of: identity, visit.provider), time: visit.time)
    }

    func newIdentity(
        _ identity: Identity, of account: AccountID, _ visit: Visit, using rng: inout some RandomNumberGenerator
    ) -> LinkedIdentity {
        LinkedIdentity(
            id: Identifier(at: visit.time, using: &rng), key: identity.key, account: account,
            email: identity.shownEmail, added: visit.time, tellsTime: identity.authTime != nil,
            standing: visit.provider.singleFactor == .ask ? .firstFactor : .alone)
    }

    private func providerSession(of identity: Identity, _ provider: IdentityProvider) throws -> ProviderSession {
        ProviderSession(
            issuer: identity.issuer, subject: identity.subject, sessionID: identity.sessionID,
            sealedToken: provider.endsSession
                ? try access.keyring.seal(Secret(identity.rawIDToken.revealed), context: Self.tokenContext) : nil)
    }

    static let tokenContext = "oidc-id-token"

    /// Puts the account into the groups that the provider's stand for, and out of those whose it lacks. Other groups are not touched.
    private func applyGroups(of identity: Identity, to account: AccountID, _ visit: Visit) async throws {
        let mapping = visit.provider.groups
        // With an overage the token lists none, whatever there are.
        guard !mapping.isEmpty, !identity.groupsOverage else { return }
        let theirs = Set(identity.groups)
        let wanted = Set(mapping.filter { theirs.contains($0.theirs) }.map(\.ours))
        let current = Set(try await groups.groups(of: account).map(\.name))
        for name in Set(mapping.map(\.ours)).sorted() where wanted.contains(name) != current.contains(name) {
            guard let group = try await groups.group(named: name) else { continue }  // deleted since the start
            let isWanted = wanted.contains(name)
            let event = visit.origin.event(
                isWanted ? .groupMemberAdded : .groupMemberRemoved, at: visit.time, by: .system, account: account,
                detail: "\(name), by \(visit.provider.title)")
            _ =
                isWanted
                ? try await groups.add(account, to: group.id, event: event)
                : try await groups.remove(account, from: group.id, event: event)
        }
    }
}

extension IdentityProvider {
    /// Whether it needs nothing beside it.
    func suffices(_ identity: Identity) -> Bool {
        singleFactor == .accept || identity.assurance(under: assurance) == .multiFactor
    }

    func method(of identity: Identity) -> SignInMethod {
        identity.assurance(under: assurance) == .multiFactor ? .ssoMultiFactor : .sso
    }

    /// The login name of the account that is made for `identity`; nil if none is.
    fileprivate func loginName(for identity: Identity) -> LoginName? {
        guard identity.emailVerified, let email = identity.email, let login = LoginName(email),
            let at = login.text.lastIndex(of: "@"), at != login.text.startIndex,
            newcomers.contains(String(login.text[login.text.index(after: at)...]))
        else { return nil }
        return login
    }
}

extension Identity {
    /// Fit to be shown and kept.
    fileprivate var shownEmail: String? {
        email.flatMap { Attempt.printable($0, limit: LoginName.maximumLength) }
    }
}

extension Visit {
    fileprivate func signedIn(_ session: Session) -> AuditEvent {
        let more = session.stage == .signedIn ? "" : ", second factor wanted"
        return origin.event(.portalSignIn, at: time, of: session.account, detail: provider.title + more)
    }

    func linked(_ identity: LinkedIdentity) -> AuditEvent {
        origin.event(
            .identityLinked, at: time, of: identity.account,
            detail: provider.title + (identity.email.map { ", \($0)" } ?? ""))
    }
}
