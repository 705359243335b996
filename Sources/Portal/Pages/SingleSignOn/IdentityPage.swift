import Accounts
import Hummingbird
import LatchkeyCore

/// One identity at a provider: whose it is, and its end.
struct IdentityPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/identities/{id}", get: show)
        routes.at("/identities/{id}/remove", post: remove)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        return try await page(try await identity(context, of: visitor), visitor, context)
    }

    private func remove(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let identity = try await identity(context, of: visitor)
        let fresh = try context.fresh(request, at: desk.now(), thenAt: "/identities/\(identity.id)")
        switch try await desk.credentials.remove(.identity(identity.id), in: fresh.session, from: context.origin) {
        case .removed: return .redirect(to: "/", saying: Notice(.identityUnlinked))
        case .gone: throw HTTPError(.notFound)
        case .lastWay: return try await page(identity, visitor, context)
        }
    }

    /// The visitor's own identity that the path names; 404 for any other.
    private func identity(_ context: PortalContext, of visitor: Visitor) async throws -> LinkedIdentity {
        guard let id = context.parameters.get("id").flatMap({ Identifier<LinkedIdentity>($0) }),
            let identity = try await desk.credentials.ways(of: visitor.account.id).identities.first(where: {
                $0.id == id
            })
        else { throw HTTPError(.notFound) }
        return identity
    }

    private func page(
        _ identity: LinkedIdentity, _ visitor: Visitor, _ context: PortalContext
    ) async throws -> Response {
        let ways = try await desk.credentials.ways(of: visitor.account.id)
        let title = desk.title(of: identity)
        return try await desk.page(
            OneIdentityView(
                title: title, email: identity.email, issuer: identity.issuer, added: desk.moment(identity.added),
                lastUse: identity.lastUse.map { desk.moment($0) }, standing: Texts.standing(identity.standing),
                remove: RemoveView(
                    .identity(identity.id), of: ways, texts: Texts.removeIdentity(title),
                    path: "/identities/\(identity.id)/remove")),
            title: title, context: context)
    }
}

struct OneIdentityView: View {
    static let template = Template.identityPage
    let title: String
    let email: String?
    let issuer: String
    let added: Moment
    let lastUse: Moment?
    let standing: String
    let remove: RemoveView
}

extension Desk {
    /// What people call the identity's provider; its address if it is not configured any more.
    func title(of identity: LinkedIdentity) -> String {
        singleSignOn?.provider(of: identity.key)?.title ?? identity.issuer
    }
}
