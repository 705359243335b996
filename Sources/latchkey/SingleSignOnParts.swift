import Accounts
import Foundation
import Keyring
import LatchkeyCore
import OIDCClient
import Settings
import Storage

extension Settings.SSO {
    /// Which identities open what. Needs no secret, so that every command knows it.
    func trust() throws(CommandFailure) -> IdentityTrust {
        var issuers: [(issuer: Issuer, singleFactor: IdentityProvider.SingleFactor)] = []
        for (name, provider) in providers.sorted(by: { $0.key < $1.key }) {
            let issuer = try provider.checkedIssuer(of: name)
            // Else what one of them trusts would hold for identities of the other.
            guard !issuers.contains(where: { $0.issuer.overlaps(issuer) }) else {
                throw .configuration(
                    "sso.providers.\(name).issuer: some of its people are another provider's here as well: name each tenant once"
                )
            }
            issuers.append((issuer, provider.singleFactor.policy))
        }
        return IdentityTrust(issuers)
    }
}

extension Server {
    /// Signing in through the configured providers, over `http`; nil if there are none. Every group they fill must be there.
    func singleSignOn(over http: some HTTPFetching) async throws -> SingleSignOn? {
        let configured = house.settings.sso.providers.sorted { $0.key < $1.key }
        guard !configured.isEmpty else { return nil }
        var providers: [IdentityProvider] = []
        for (name, provider) in configured {
            for pair in provider.groups where try await house.groups.group(named: pair.ours) == nil {
                throw CommandFailure.configuration(
                    "sso.providers.\(name).groups: there is no group \(pair.ours): make it with latchkey group add \(pair.ours)"
                )
            }
            providers.append(try provider.identityProvider(named: name))
        }
        return SingleSignOn(
            providers, access: house.portal.access, groups: house.groups,
            identities: SQLIdentities(house.database, trust: try house.settings.sso.trust()), http: http)
    }
}

extension Settings.SSO.Provider {
    fileprivate func checkedIssuer(of name: String) throws(CommandFailure) -> Issuer {
        do throws(ConfigurationFault) {
            guard issuer == Self.entra else { return try Issuer(issuer ?? "", tenants: Set(tenants)) }
            return try .entra(tenants: Set(tenants))
        } catch {
            throw .configuration("sso.providers.\(name).issuer: \(error)")
        }
    }

    fileprivate func identityProvider(named name: String) throws(CommandFailure) -> IdentityProvider {
        let issuer = try checkedIssuer(of: name)
        let authentication = try authentication(of: name)
        var oidc: Provider
        do throws(ConfigurationFault) {
            oidc = try Provider(issuer: issuer, clientID: clientID ?? "", authentication: authentication)
        } catch {
            throw .configuration("sso.providers.\(name).client-id: \(error)")
        }
        if !scopes.isEmpty { oidc.scopes = scopes }
        oidc.acrValues = multiFactorContexts
        oidc.asksForClaims = asksForClaims
        oidc.groupsClaim = groupsClaim
        var provider = IdentityProvider(name: name, title: title ?? name, provider: oidc)
        if !multiFactorMethods.isEmpty { provider.assurance.methods = Set(multiFactorMethods) }
        provider.assurance.contexts = Set(multiFactorContexts)
        provider.singleFactor = singleFactor.policy
        provider.newcomers = createAccounts ? Set(allowedDomains) : []
        provider.groups = groups.map { GroupMapping(theirs: $0.theirs, ours: $0.ours) }
        provider.endsSession = endSession
        return provider
    }

    private func authentication(of name: String) throws(CommandFailure) -> ClientAuthentication {
        guard authentication != .none, let file = clientSecretFile else { return .none }
        let secret = Confidential(
            try SecretFile.load(from: file, of: "sso.providers.\(name).client-secret-file").reveal() ?? "")
        return authentication == .basic ? .basic(secret) : .post(secret)
    }
}

extension Settings.SSO.Provider.SingleFactor {
    fileprivate var policy: IdentityProvider.SingleFactor {
        switch self {
        case .ask: .ask
        case .refuse: .refuse
        case .accept: .accept
        }
    }
}
