import LatchkeyCore

extension SettingsReader {
    /// What the keys of a provider must have together.
    mutating func checkSSO() {
        // What was given but cannot be read is not missing.
        guard !problems.contains(where: { $0.key?.hasPrefix("sso.providers.") ?? false }) else { return }
        var issuers: [String: String] = [:]
        for (name, provider) in settings.sso.providers.sorted(by: { $0.key < $1.key }) {
            let path = "sso.providers.\(name)"
            checkProvider(path, provider)
            guard let issuer = provider.issuer else { continue }
            if let other = issuers.updateValue(path, forKey: issuer) {
                refuse("\(path).issuer", near: path, "\(issuer) is \(other)'s already: one provider is given once")
            }
        }
    }

    private mutating func checkProvider(_ path: String, _ provider: Settings.SSO.Provider) {
        if provider.issuer == nil {
            refuse(
                "\(path).issuer", near: path,
                "nothing says which provider it is: write its issuer, as its discovery document does")
        }
        if provider.clientID == nil {
            refuse("\(path).client-id", near: path, "it has no client id: write the one that the provider gave out")
        }
        if provider.authentication != .none, provider.clientSecretFile == nil {
            refuse(
                "\(path).client-secret-file", near: path,
                "it has no client secret: name a file that holds it, or write authentication: none for a public client")
        }
        if provider.authentication == .none, provider.clientSecretFile != nil {
            refuse(
                "\(path).client-secret-file", near: path,
                "a public client has no secret: leave one of this and authentication: none out")
        }
        let takesTenants =
            provider.issuer.map { $0 == Settings.SSO.Provider.entra || $0.contains("{tenantid}") } ?? !provider.tenants
            .isEmpty
        if takesTenants, provider.tenants.isEmpty {
            refuse(
                "\(path).tenants", near: path,
                "anybody with a Microsoft account could sign in: list the tenants whose people may")
        } else if !takesTenants, !provider.tenants.isEmpty {
            refuse(
                "\(path).tenants", near: path,
                "this issuer has one tenant: leave tenants out, or write issuer: entra")
        }
        if provider.createAccounts, provider.allowedDomains.isEmpty {
            refuse(
                "\(path).allowed-domains", near: path,
                "create-accounts needs the domains of the addresses for which accounts are made")
        }
    }
}
