public import LatchkeyCore
public import OIDCClient

/// Signing in through OpenID Providers. The browser is sent away with `begin…` and comes back to `finish`.
///
/// Who somebody is, is issuer and subject. A mail address links to nothing: whoever runs a provider can give anybody any. It only names the
/// account that is made for a newcomer, and then the provider must answer for it and its domain be allowed.
public struct SingleSignOn: Sendable {
    /// In the order of their titles.
    public let providers: [IdentityProvider]
    let access: PortalAccess
    let groups: any GroupRepository
    let identities: any IdentityRepository
    private let parties: [String: RelyingParty]

    public init(
        _ providers: [IdentityProvider], access: PortalAccess, groups: any GroupRepository,
        identities: any IdentityRepository, http: some HTTPFetching
    ) {
        self.providers = providers.sorted { ($0.title, $0.name) < ($1.title, $1.name) }
        self.access = access
        self.groups = groups
        self.identities = identities
        parties = Dictionary(
            providers.map { ($0.name, RelyingParty($0.provider, http: http)) }, uniquingKeysWith: { first, _ in first })
    }

    public func provider(named name: String) -> IdentityProvider? { providers.first { $0.name == name } }

    /// The one whose identities have this issuer; nil if it is not configured any more.
    public func provider(of key: IdentityKey) -> IdentityProvider? { provider(issuing: key.issuer) }

    func provider(issuing issuer: String) -> IdentityProvider? {
        providers.first { $0.provider.issuer.covers(issuer) }
    }

    func party(of provider: IdentityProvider) -> RelyingParty? { parties[provider.name] }
}

// MARK: - Sending a browser away

extension SingleSignOn {
    /// Where to send a browser, and what its cookie must hold when it comes back.
    public struct Departure: Sendable {
        public let url: String
        public let browser: Secret
    }

    /// What is asked of a provider, and for whom.
    public enum Purpose: Sendable {
        case signIn
        /// Throws `StepUpRequired` unless the session is fresh.
        case link(Session)
        /// The second step of a sign-in, or a fresh one.
        case confirm(Session)
    }

    /// `browser` is what the cookie holds already, so that two tabs can be away at once. `next` comes back with the visitor. Throws
    /// `SignInError` if the provider cannot be asked.
    public func begin(
        _ purpose: Purpose, with provider: IdentityProvider, redirectURI: String, next: String?, browser: Secret?,
        from origin: Origin
    ) async throws -> Departure {
        let time = access.now()
        guard let party = party(of: provider) else { throw UnknownProvider() }
        var request: AuthorizationRequest
        let kept: Errand.Purpose
        switch purpose {
        case .signIn:
            request = try AuthorizationRequest(redirectURI: redirectURI)
            kept = .signIn
        case .link(let session):
            guard session.isFresh(at: time) else { throw StepUpRequired() }
            request = try AuthorizationRequest(redirectURI: redirectURI)
            kept = .link(session: "\(session.id)")
        case .confirm(let session):
            request = try .stepUp(redirectURI: redirectURI, acrValues: provider.provider.acrValues)
            request.maximumAge = Self.confirmationAge
            kept = .confirm(session: "\(session.id)")
        }
        var rng = SystemRandomNumberGenerator()
        let values = OneTimeValues(using: &rng)
        let begun = try await party.begin(request, values, at: NumericDate(seconds: time.seconds))
        let browser = browser.flatMap { BearerToken.isOne($0) ? $0 : nil } ?? BearerToken.generate(using: &rng)
        let errand = Errand(kept, begun.pending, next: next)
        try await identities.put(
            PendingErrand(
                stateHash: Self.hash(begun.pending.state), browserHash: BearerToken.hash(browser),
                sealed: try errand.seal(for: provider.name, with: access.keyring), network: origin.network),
            at: time)
        return Departure(url: begun.url, browser: browser)
    }

    /// Seconds. Zero would mean the same as `prompt=login` (OIDC Core §3.1.2.1), but there are providers to which every sign-in is then too old,
    /// also the one just made, and which ask for ever.
    private static let confirmationAge: Int64 = 60

    static func hash(_ state: Confidential) -> [UInt8] { BearerToken.hash(Secret(state.revealed)) }
}

/// Cannot come about: every provider has a relying party.
struct UnknownProvider: Error {}

// MARK: - Taking a browser back

/// What came of an errand.
public enum Homecoming: Sendable {
    case signedIn(token: Secret, Session)
    /// The old token of the session is dead.
    case confirmed(token: Secret, Session)
    case linked(token: Secret, Session)
    case refused(SignOnRefusal)
}

/// Why nobody was let in through a provider, or nothing was linked.
public enum SignOnRefusal: Hashable, Sendable {
    /// The provider, or what came from it.
    case provider(SignInError)
    /// This identity opens no account, and none is made for it; or its account is disabled.
    case noAccount
    /// An account of this name is there and was not made through the provider: its owner signs in, and then links.
    case loginTaken(LoginName)
    /// The provider did not say that there was a second factor, and that is not enough for this.
    case singleFactor
    /// The provider did not say when the person signed in: that confirms nothing.
    case untold
    /// Somebody else than whom it was about.
    case otherPerson
    /// The identity is another account's.
    case taken
    /// There are as many as there may be.
    case tooMany
    /// The session in which it began is over.
    case sessionOver
}

extension SingleSignOn {
    public struct Return: Sendable {
        public let homecoming: Homecoming
        /// As `begin` was told; nil if the errand is not known.
        public let next: String?
        public let wasConfirmation: Bool
    }

    /// `query` is that of the callback of `provider`, without its `?`; `browser` is what the cookie holds, `session` the browser's own.
    public func finish(
        query: String, from provider: IdentityProvider, browser: Secret?, in session: Session?, from origin: Origin
    ) async throws -> Return {
        let time = access.now()
        func stranger(_ fault: ResponseFault) -> Return {
            Return(homecoming: .refused(.provider(.response(fault))), next: nil, wasConfirmation: false)
        }
        let response: AuthorizationResponse
        do throws(ResponseFault) {
            response = try AuthorizationResponse(query: query)
        } catch {
            return stranger(error)
        }
        // Anybody can send anything here: nothing is written about what answers no errand of this browser.
        guard let party = party(of: provider), let browser, BearerToken.isOne(browser),
            let sealed = try await identities.take(
                stateHash: Self.hash(response.state), browserHash: BearerToken.hash(browser), at: time)
        else { return stranger(.otherState) }
        guard let errand = try Errand(sealed: sealed, for: provider.name, with: access.keyring) else {
            return stranger(.otherProvider)
        }
        let visit = Visit(provider: provider, origin: origin, time: time)
        let homecoming: Homecoming
        do {
            let identity = try await party.finish(
                errand.pending, with: response, at: NumericDate(seconds: time.seconds))
            homecoming =
                switch errand.purpose {
                case .signIn: try await signIn(identity, visit)
                case .link(let id): try await link(identity, in: session.flatMap { "\($0.id)" == id ? $0 : nil }, visit)
                case .confirm(let id):
                    try await confirm(identity, in: session.flatMap { "\($0.id)" == id ? $0 : nil }, visit)
                }
        } catch let error as SignInError {
            try await visit.record(
                error.isTemporary ? .unavailable : .unknown, "\(error)", of: session?.account, in: access.audit)
            homecoming = .refused(.provider(error))
        }
        let wasConfirmation = if case .confirm = errand.purpose { true } else { false }
        return Return(homecoming: homecoming, next: errand.next, wasConfirmation: wasConfirmation)
    }
}

/// One return from a provider: what all that comes of it has in common.
struct Visit {
    let provider: IdentityProvider
    let origin: Origin
    let time: Timestamp

    func record(
        _ refusal: Refusal, _ cause: String, of account: AccountID? = nil, in audit: any AuditLog
    ) async throws {
        try await audit.append([
            origin.event(
                .portalSignInFailed, at: time, by: .client, account: account, refusal: refusal,
                detail: "\(provider.title): \(cause)")
        ])
    }
}
