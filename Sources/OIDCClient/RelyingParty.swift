/// We, towards one OpenID Provider: sends people there to sign in, and reads what comes back (OIDC Core §3.1, authorization code flow).
///
/// 1. `begin` makes the URL to send the browser to, and what to remember meanwhile.
/// 2. The browser comes back: read an `AuthorizationResponse` from the query, find (and take away) the pending authorization by its `state`
///    and the browser's cookie, and `finish`.
/// 3. `Identity.key` says whose account it is.
///
/// The provider's metadata and keys are fetched when they are needed first, and kept. Time is told and randomness given by the caller.
public actor RelyingParty {
    public nonisolated let provider: Provider
    private let http: any HTTPFetching
    private let documents: ProviderDocuments

    public init(_ provider: Provider, http: some HTTPFetching) {
        self.provider = provider
        self.http = http
        documents = ProviderDocuments(of: provider.issuer, http: http)
    }

    /// Where to send the browser, and what to keep until it comes back.
    public func begin(
        _ request: AuthorizationRequest, _ values: OneTimeValues, at now: NumericDate
    ) async throws(SignInError) -> (url: String, pending: PendingAuthorization) {
        let metadata = try await metadata(at: now)
        let pending = PendingAuthorization(
            issuer: provider.issuer.identifier, redirectURI: request.redirectURI, state: values.state,
            nonce: values.nonce, codeVerifier: values.codeVerifier, maximumAge: request.maximumAge, started: now)
        let fields = request.fields(for: provider, pending, takesClaims: metadata.takesClaims)
        return (metadata.authorizationEndpoint.adding(fields), pending)
    }

    /// Who has come back: checks the response, exchanges its code, and verifies the ID token.
    public func finish(
        _ pending: PendingAuthorization, with response: AuthorizationResponse, at now: NumericDate
    ) async throws(SignInError) -> Identity {
        let metadata = try await metadata(at: now)
        do throws(ResponseFault) {
            try pending.check(response, from: provider.issuer, sendsIssuer: metadata.sendsIssuer, at: now)
        } catch {
            throw .response(error)
        }
        switch response.outcome {
        case .error(let error): throw .declined(error)
        case .code(let code):
            let tokens = try await exchange(code, pending, at: metadata.tokenEndpoint)
            let verification = IDTokenVerification(
                rules: TokenRules(provider: provider, now: now), pending: pending, accessToken: tokens.accessToken)
            do throws(VerificationError) {
                return try await verified(by: .idToken, at: now) { keys throws(TokenFault) in
                    try verification.identity(from: tokens.idToken, keys: keys)
                }
            } catch {
                switch error {
                case .provider(let fault): throw .provider(fault)
                case .token(let fault): throw .idToken(fault)
                }
            }
        }
    }

    /// The provider's page for signing out, with what it needs to know; the fault `noLogout` if there is no such page.
    public func logoutURL(_ request: LogoutRequest, at now: NumericDate) async throws(ProviderFault) -> String {
        guard let endpoint = try await documents.metadata(at: now).endSessionEndpoint else { throw .noLogout }
        return endpoint.adding(request.fields(for: provider))
    }

    /// Whom the provider tells us to sign out, by the `logout_token` that it posted (Back-Channel Logout §2.5). That each token works once is
    /// for the caller to see to: remember `LogoutNotice.tokenID` until `useless`, in the transaction that obeys it.
    public func notice(
        from logoutToken: Confidential, at now: NumericDate
    ) async throws(LogoutError) -> LogoutNotice {
        let verification = LogoutTokenVerification(rules: TokenRules(provider: provider, now: now))
        do throws(VerificationError) {
            return try await verified(by: .logoutToken, at: now) { keys throws(TokenFault) in
                try verification.notice(from: logoutToken, keys: keys)
            }
        } catch {
            switch error {
            case .provider(let fault): throw .provider(fault)
            case .token(let fault): throw .token(fault)
            }
        }
    }

    private enum VerificationError: Error {
        case provider(ProviderFault)
        case token(TokenFault)
    }

    /// Verifies with the keys at hand, and if none of them fits with those that the provider has now: keys are changed without notice
    /// (OIDC Core §10.1.1), by some under the old name or without any, so that a signature looks wrong.
    private func verified<Value: Sendable>(
        by kind: TokenKind, at now: NumericDate, _ verify: (KeySet) throws(TokenFault) -> Value
    ) async throws(VerificationError) -> Value {
        let keys: KeySet
        do throws(ProviderFault) {
            keys = try await documents.keySet(at: now)
        } catch {
            throw .provider(error)
        }
        do throws(TokenFault) {
            return try verify(keys)
        } catch {
            guard error.mayBeOldKeys, let renewed = await documents.keySetFetchedAgain(for: kind, at: now) else {
                throw .token(error)
            }
            do throws(TokenFault) {
                return try verify(renewed)
            } catch {
                throw .token(error)
            }
        }
    }

    private func metadata(at now: NumericDate) async throws(SignInError) -> ProviderMetadata {
        do throws(ProviderFault) {
            return try await documents.metadata(at: now)
        } catch {
            throw .provider(error)
        }
    }

    private func exchange(
        _ code: Confidential, _ pending: PendingAuthorization, at endpoint: SecureURL
    ) async throws(SignInError) -> TokenAnswer {
        let answer: FetchAnswer
        do throws(ProviderFault) {
            answer = try await http.answer(
                of: .tokenEndpoint, to: .tokens(for: code, pending, at: endpoint, as: provider))
        } catch {
            throw .provider(error)
        }
        return try TokenAnswer(answer)
    }
}
