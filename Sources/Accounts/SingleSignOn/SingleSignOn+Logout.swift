import Keyring
public import LatchkeyCore
public import OIDCClient

extension SingleSignOn {
    /// What a session stands on; nil if on nothing at a provider. It is forgotten with the session.
    public func origin(of session: Session) async throws -> ProviderSession? {
        try await identities.origin(of: session.id)
    }

    /// The provider's page to which somebody is led on who has signed out of a session from there, to come back to `address`. Nil if nobody
    /// wants that, or the provider cannot say where the page is.
    public func signOutURL(of origin: ProviderSession, returningTo address: String) async throws -> String? {
        guard let provider = provider(issuing: origin.issuer), provider.endsSession, let party = party(of: provider)
        else { return nil }
        let token = origin.sealedToken.flatMap { sealed in
            // One that does not open, as its key is gone, is only a hint that is missing.
            (try? access.keyring.open(sealed, context: Self.tokenContext))?.reveal().map { Confidential($0) }
        }
        let request = try LogoutRequest(idTokenHint: token, postLogoutRedirectURI: address)
        do throws(ProviderFault) {
            return try await party.logoutURL(request, at: NumericDate(seconds: access.now().seconds))
        } catch {
            // Signing out here goes on without the provider.
            return nil
        }
    }

    /// Ends the sessions that a provider's logout token names (Back-Channel Logout §2.7), and returns how many. App passwords stay. Throws
    /// `LogoutError` if the token is not obeyed.
    public func endSessions(
        named token: Confidential, by provider: IdentityProvider, from origin: Origin
    ) async throws -> Int {
        let time = access.now()
        guard let party = party(of: provider) else { throw UnknownProvider() }
        let notice = try await party.notice(from: token, at: NumericDate(seconds: time.seconds))
        let ended = try await identities.endSessions(named: notice, at: time) { account in
            origin.event(
                .sessionsEnded, at: time, by: .system, account: account, detail: "signed out at \(provider.title)")
        }
        guard let ended else { throw LogoutError.token(.replayed) }
        return ended
    }
}
