import Accounts

/// A button that leads to an identity provider.
struct ProviderView: Sendable {
    let id: String
    let href: String
    let label: String
    var isPrimary = false

    static func signIn(_ provider: IdentityProvider, next: LocalPath?) -> ProviderView {
        ProviderView(
            id: "with-\(provider.name)",
            href: "/sign-in/with/\(provider.name)" + (next.map { "?next=\($0.queryValue)" } ?? ""),
            label: Texts.continueWith(provider.title))
    }

    static func confirm(_ provider: IdentityProvider, next: LocalPath?, isPrimary: Bool) -> ProviderView {
        ProviderView(
            id: "confirm-with-\(provider.name)",
            href: "/confirm/with/\(provider.name)" + (next.map { "?next=\($0.queryValue)" } ?? ""),
            label: Texts.confirmWith(provider.title), isPrimary: isPrimary)
    }
}
