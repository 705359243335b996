import Accounts
import Hummingbird
import LatchkeyCore

/// The authenticator app that is in use: its name, and its end.
struct AuthenticatorAppPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/authenticator/app", get: show)
        routes.at("/authenticator/rename", post: rename)
        routes.at("/authenticator/remove", post: remove)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        try await page(try context.signedIn(request), InvalidInput([]), context)
    }

    private func rename(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        do {
            let name = try await Form(request).text("name")
            let isRenamed = try await desk.credentials.renameTOTP(
                to: name, in: visitor.session, from: context.origin)
            return isRenamed ? .redirect(to: "/", saying: Notice(.keyRenamed)) : .redirect(to: "/")
        } catch let invalid as InvalidInput {
            return try await page(visitor, invalid, context)
        }
    }

    private func remove(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.fresh(request, at: desk.now(), thenAt: "/authenticator/app")
        switch try await desk.credentials.remove(.totp, in: visitor.session, from: context.origin) {
        case .removed: return .redirect(to: "/", saying: Notice(.authenticatorRemoved))
        case .gone: return .redirect(to: "/")
        case .lastWay: return .redirect(to: "/authenticator/app")
        }
    }

    private func page(_ visitor: Visitor, _ invalid: InvalidInput, _ context: PortalContext) async throws -> Response {
        let ways = try await desk.credentials.ways(of: visitor.account.id)
        guard let enrolled = ways.totpEnrolled else { throw Detour(to: "/authenticator") }
        let name = ways.totpName ?? Texts.authenticatorApp
        return try await desk.page(
            OneKeyView(
                name: name, kind: name == Texts.authenticatorApp ? "" : Texts.authenticatorApp,
                added: desk.moment(enrolled), lastUse: ways.totpLastUsed.map { desk.moment($0) }, copies: nil,
                path: "/authenticator", fields: [.name(name, invalid)], another: Texts.anotherAuthenticator,
                remove: RemoveView(.totp, of: ways, texts: Texts.removeAuthenticator, path: "/authenticator/remove")),
            title: name, context: context, status: invalid.problems.isEmpty ? .ok : .unprocessableContent)
    }
}
