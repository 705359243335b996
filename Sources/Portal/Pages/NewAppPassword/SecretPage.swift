import Hummingbird
import LatchkeyCore

/// The page that shows a secret, once. It has no address of its own: it is the answer to the form that made the secret.
struct SecretView: View {
    static let template = Template.secret
    let href: String
    let label: String
    let secret: String
    /// Letter formats forgive how they are typed; a token does not.
    let mayType: Bool
    let overlap: String?
    let login: String
    let services: String
    /// What somebody else could do with it.
    let danger: String
    let expires: String
    let networks: String?
    let live: LiveView
}

struct AlreadyMadeView: View {
    static let template = Template.alreadyMade
    let href: String?
}

extension Desk {
    func secretPage(
        _ issued: AppPasswordIssuer.Issued, replacing old: AppPassword?, _ visitor: Visitor, _ context: PortalContext
    ) async throws -> Response {
        let appPassword = issued.appPassword
        let networks = appPassword.networks.map(\.description).joined(separator: ", ")
        return try await page(
            SecretView(
                href: appPassword.path, label: appPassword.name, secret: issued.secret.display.reveal() ?? "",
                mayType: appPassword.format != .token, overlap: old.map { Texts.overlap(name: $0.name) },
                login: visitor.account.login.text, services: appPassword.services.titles,
                danger: Texts.danger(appPassword.services),
                expires: appPassword.expiryText, networks: networks.isEmpty ? nil : networks,
                live: FirstSignIn(appPassword, of: visitor.account).view(renderer)),
            title: "Your password for \(appPassword.name)", context: context, width: .list)
    }

    /// What a reload of the secret page gets.
    func alreadyMade(_ made: AppPasswordID?, _ context: PortalContext) async throws -> Response {
        try await page(
            AlreadyMadeView(href: made.map { "/app-passwords/\($0)" }), title: "This form was sent before",
            context: context, status: .conflict)
    }
}
