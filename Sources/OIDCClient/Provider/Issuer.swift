/// Whose ID tokens are believed (OIDC Discovery §2): one issuer, or some tenants of Microsoft Entra.
public struct Issuer: Hashable, Sendable {
    /// As it was configured; for several tenants a template with `{tenantid}` in it.
    public let identifier: String
    /// The tenants that may sign in, UUIDs in small letters; empty if there is one issuer only.
    public let tenants: Set<String>

    private static let template = "{tenantid}"
    /// The tenant of all personal Microsoft accounts.
    public static let consumers = "9188040d-6c67-4c5b-b112-36a304b66dad"

    /// An issuer, exactly as the provider writes it: a slash at the end matters.
    public init(_ identifier: String) throws(ConfigurationFault) {
        try self.init(identifier, tenants: [])
    }

    /// Some tenants of Entra, for which it has one set of keys and one template of issuers.
    public static func entra(
        tenants: Set<String>, template: String = "https://login.microsoftonline.com/{tenantid}/v2.0"
    ) throws(ConfigurationFault) -> Issuer {
        try Issuer(template, tenants: tenants)
    }

    /// Several tenants need a template, and a template needs tenants.
    public init(_ identifier: String, tenants: Set<String>) throws(ConfigurationFault) {
        self.identifier = identifier
        self.tenants = Set(tenants.map { $0.lowercased() })
        let pieces = identifier.split(separator: Self.template, omittingEmptySubsequences: false)
        guard pieces.count <= 2 else { throw .issuer }
        if pieces.count == 2 {
            guard !tenants.isEmpty else { throw .noTenants }
            guard self.tenants.allSatisfy(Self.isTenant) else { throw .tenant }
        } else {
            guard tenants.isEmpty else { throw .tenantsWithoutTemplate }
        }
        guard let url = SecureURL(pieces.joined(separator: Self.consumers)), !url.hasQuery else { throw .issuer }
    }

    var isMultiTenant: Bool { !tenants.isEmpty }

    /// Where the discovery document is (OIDC Discovery §4): a slash at the end of the issuer is dropped. Entra has one for work accounts, one for
    /// personal ones, and one for both.
    var discoveryURL: String {
        let group =
            tenants == [Self.consumers] ? "consumers" : tenants.contains(Self.consumers) ? "common" : "organizations"
        let base = expanded(with: group)
        return (base.hasSuffix("/") ? String(base.dropLast()) : base) + "/.well-known/openid-configuration"
    }

    /// The issuer of a tenant's tokens.
    func expanded(with tenant: String) -> String {
        Self.expand(identifier, with: tenant)
    }

    static func expand(_ template: String, with tenant: String) -> String {
        template.split(separator: Self.template, omittingEmptySubsequences: false).joined(separator: tenant)
    }

    /// Whether `other` is this very issuer, or that of a tenant that may sign in.
    public func covers(_ other: String) -> Bool {
        isMultiTenant
            ? tenants.contains { expanded(with: $0).isSame(as: other) } : identifier.isSame(as: other)
    }

    /// Whether some tokens are both of this issuer and of `other`.
    public func overlaps(_ other: Issuer) -> Bool {
        isMultiTenant ? tenants.contains { other.covers(expanded(with: $0)) } : other.covers(identifier)
    }

    /// Whether it may have endpoints in the clear, as it is on this machine itself.
    var isPlain: Bool { identifier.hasPrefix("http://") }

    private static func isTenant(_ text: String) -> Bool {
        text.utf8.enumerated().allSatisfy { place, octet in
            [8, 13, 18, 23].contains(place) ? octet == UInt8(ascii: "-") : hexDigit(octet) != nil
        } && text.utf8.count == 36
    }
}
