public import LatchkeyCore
import OIDCClient

extension SingleSignOn {
    /// The account's identities, in the order in which they were linked.
    public func identities(of account: AccountID) async throws -> [LinkedIdentity] {
        try await identities.identities(of: account)
    }

    /// The configured providers with which the account's person can confirm. One that does not say when they signed in there is among them
    /// only for who has no way of their own: to sign in anew, and add one.
    public func providers(of account: AccountID) async throws -> [IdentityProvider] {
        let hasOwn = try await access.factors.factors(of: account).hasOwn
        let issuers = try await identities.identities(of: account).filter { $0.tellsTime || !hasOwn }.map(\.issuer)
        return providers.filter { provider in issuers.contains { provider.provider.issuer.covers($0) } }
    }

    /// Links to the account of a session that was fresh when it began. The address does not matter: its owner is here.
    func link(_ identity: Identity, in session: Session?, _ visit: Visit) async throws -> Homecoming {
        guard let session, session.stage == .signedIn else { return .refused(.sessionOver) }
        if let known = try await identities.identity(identity.key), known.account != session.account {
            try await visit.record(
                .policy, "another account has this identity", of: session.account, in: access.audit)
            return .refused(.taken)
        }
        var rng = SystemRandomNumberGenerator()
        let linked = newIdentity(identity, of: session.account, visit, using: &rng)
        let token = BearerToken.generate(using: &rng)
        let seen = session.seen(from: visit.origin, at: visit.time)
        switch try await access.sessions.advance(
            seen, tokenHash: BearerToken.hash(token), by: .newIdentity(linked), events: [visit.linked(linked)])
        {
        case .advanced: return .linked(token: token, seen)
        case .alreadyUsed: return .refused(.taken)
        case .noFactor: return .refused(.tooMany)
        case .ended: return .refused(.sessionOver)
        }
    }

    /// Takes a sign-in that the provider was asked to make anew as the second step, or as a fresh one.
    func confirm(_ identity: Identity, in session: Session?, _ visit: Visit) async throws -> Homecoming {
        guard let session, session.stage != .enrolment else { return .refused(.sessionOver) }
        guard let known = try await identities.identity(identity.key), known.account == session.account else {
            try await visit.record(.policy, "another identity confirmed", of: session.account, in: access.audit)
            return .refused(.otherPerson)
        }
        guard visit.provider.suffices(identity) else {
            try await visit.record(
                .policy, "it did not tell of a second factor", of: session.account, in: access.audit)
            return .refused(.singleFactor)
        }
        guard identity.authTime != nil else { return try await confirmWithoutTime(identity, in: session, visit) }
        var rng = SystemRandomNumberGenerator()
        let token = BearerToken.generate(using: &rng)
        let advanced = session.signedIn(
            with: visit.provider.method(of: identity), from: visit.origin, at: visit.time)
        let event = visit.origin.event(
            session.stage == .signedIn ? .portalStepUp : .portalSignIn, at: visit.time, of: session.account,
            detail: visit.provider.title)
        switch try await access.sessions.advance(
            advanced, tokenHash: BearerToken.hash(token), by: .identity(try use(of: identity, visit)),
            events: [event])
        {
        case .advanced: return .confirmed(token: token, advanced)
        case .alreadyUsed, .noFactor: return .refused(.otherPerson)
        case .ended: return .refused(.sessionOver)
        }
    }

    /// A provider that does not say when somebody signed in proves nothing fresh, whatever it was asked for. Who has a way of their own here
    /// confirms with that. Who has none is as if they had signed in just now, which is what they did, and may add their first.
    private func confirmWithoutTime(_ identity: Identity, in session: Session, _ visit: Visit) async throws
        -> Homecoming
    {
        try await visit.record(
            .policy, "it did not say when the person signed in (auth_time): let the provider include it",
            of: session.account, in: access.audit)
        guard session.stage == .signedIn,
            try await !access.factors.factors(of: session.account).hasOwn
        else { return .refused(.untold) }
        let homecoming = try await signIn(identity, visit)
        if case .signedIn = homecoming { try await access.signOut(session, from: visit.origin) }
        return homecoming
    }
}
