import Accounts
import Hummingbird
import LatchkeyCore
import WebAuthn

/// One passkey or security key: its name, and its end.
struct KeyPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        for kind in WebAuthnCredential.Kind.allCases {
            routes.at(RouterPath("\(kind.path)/{id}"), get: show)
            routes.at(RouterPath("\(kind.path)/{id}/rename"), post: rename)
            routes.at(RouterPath("\(kind.path)/{id}/remove"), post: remove)
        }
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        return try await page(try await key(context, of: visitor), visitor, InvalidInput([]), context)
    }

    private func rename(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let key = try await key(context, of: visitor)
        do {
            let name = try await Form(request).text("name")
            guard try await desk.credentials.renameKey(key.id, to: name, in: visitor.session, from: context.origin)
            else { throw HTTPError(.notFound) }
            return .redirect(to: "/", saying: Notice(.keyRenamed))
        } catch let invalid as InvalidInput {
            return try await page(key, visitor, invalid, context)
        }
    }

    private func remove(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let key = try await key(context, of: visitor)
        let fresh = try context.fresh(request, at: desk.now(), thenAt: "\(key.kind.path)/\(key.id)")
        switch try await desk.credentials.remove(.credential(key.id), in: fresh.session, from: context.origin) {
        case .removed: return .redirect(to: "/", saying: Notice(.keyRemoved))
        case .gone: throw HTTPError(.notFound)
        case .lastWay: return try await page(key, visitor, InvalidInput([]), context)
        }
    }

    /// The visitor's own key that the path names; 404 for any other.
    private func key(_ context: PortalContext, of visitor: Visitor) async throws -> WebAuthnCredential {
        guard let id = context.parameters.get("id").flatMap({ Identifier<WebAuthnCredential>($0) }),
            let key = try await desk.credentials.keys(of: visitor.account.id).first(where: { $0.id == id })
        else { throw HTTPError(.notFound) }
        return key
    }

    private func page(
        _ key: WebAuthnCredential, _ visitor: Visitor, _ invalid: InvalidInput, _ context: PortalContext
    ) async throws -> Response {
        let path = "\(key.kind.path)/\(key.id)"
        let ways = try await desk.credentials.ways(of: visitor.account.id)
        let kind = key.kind == .passkey ? Texts.passkey : Texts.securityKey
        let model = AuthenticatorNames.name(of: key.stored.aaguid)
        return try await desk.page(
            OneKeyView(
                name: key.name,
                kind: ([kind] + (model.map { [$0] } ?? [])).filter { $0 != key.name }.joined(separator: " · "),
                added: desk.moment(key.added),
                lastUse: key.lastUse.map { desk.moment($0) },
                copies: key.stored.isBackedUp ? Texts.keySynced : Texts.keyOnOneDevice, path: path,
                fields: [.name(key.name, invalid)],
                remove: RemoveView(
                    .credential(key.id), of: ways, texts: Texts.removeKey(key.name), path: "\(path)/remove")),
            title: key.name, context: context, status: invalid.problems.isEmpty ? .ok : .unprocessableContent)
    }
}

extension Field {
    /// For what a way to sign in is called.
    static func name(_ name: String, _ invalid: InvalidInput) -> Field {
        Field(
            "name", Texts.nameLabel, value: name, hint: Texts.nameHint, problem: invalid.text(for: "name"),
            maximumLength: 4 * WayName.maximumLength)
    }
}

struct OneKeyView: View {
    static let template = Template.keyPage
    let name: String
    let kind: String
    let added: Moment
    let lastUse: Moment?
    /// Nil if nothing is to be said of it.
    let copies: String?
    let path: String
    let fields: [Field]
    /// The way to put another in its place.
    var another: OtherWay?
    let remove: RemoveView
}
