import Accounts
import Hummingbird
import LatchkeyCore
import Logging
import OIDCClient

/// Sends browsers to identity providers.
///
/// They go by links, not by forms. A `form-action` of the content security policy would hold for every redirect that follows a form (CSP3
/// §6.4.2), and so would have to name whatever hosts a provider hands its people on to. What makes a form safe is kept: the link works
/// from a page of our own alone, as the browser's Fetch Metadata says.
struct ProviderDeparture: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/sign-in/with/{provider}", get: signIn)
        routes.at("/connect/{provider}", get: connect)
        routes.at("/confirm/with/{provider}", get: confirm)
    }

    private func signIn(_ request: Request, _ context: PortalContext) async throws -> Response {
        let next = LocalPath(try Form(query: request).text("next"))
        let provider = try desk.provider(in: context)
        if let visitor = context.visitor { return .redirect(to: visitor.session.nextStep(towards: next)) }
        guard isOwn(request) else { return .redirect(to: next.map { "/sign-in?next=\($0.queryValue)" } ?? "/sign-in") }
        return try await depart(.signIn, to: provider, next: next, request, context)
    }

    private func connect(_ request: Request, _ context: PortalContext) async throws -> Response {
        let provider = try desk.provider(in: context)
        // Whoever had to confirm on the way comes from there, not from the page with the link.
        let visitor = try context.fresh(request, at: desk.now(), thenAt: "/")
        guard isOwn(request) else { return .redirect(to: "/") }
        return try await depart(.link(visitor.session), to: provider, next: nil, request, context)
    }

    private func confirm(_ request: Request, _ context: PortalContext) async throws -> Response {
        let next = LocalPath(try Form(query: request).text("next"))
        let provider = try desk.provider(in: context)
        guard let visitor = context.visitor, visitor.session.stage != .enrolment else {
            return .redirect(to: context.visitor?.session.nextStep(towards: next) ?? "/sign-in")
        }
        guard isOwn(request) else { return .redirect(to: "/confirm") }
        return try await depart(.confirm(visitor.session), to: provider, next: next, request, context)
    }

    /// Whether a page of ours has sent the browser here. Browsers from before Fetch Metadata tell it by their referrer.
    private func isOwn(_ request: Request) -> Bool {
        let sites = request.headers.values(named: "Sec-Fetch-Site")
        guard sites.isEmpty else { return sites == ["same-origin"] }
        guard let address = desk.address(for: request) else { return false }
        return request.headers.values(named: "Referer").allSatisfy { $0.hasPrefix(address + "/") }
            && !request.headers.values(named: "Referer").isEmpty
    }

    private func depart(
        _ purpose: SingleSignOn.Purpose, to provider: IdentityProvider, next: LocalPath?, _ request: Request,
        _ context: PortalContext
    ) async throws -> Response {
        guard let signOn = desk.singleSignOn, let address = desk.address(for: request) else {
            throw HTTPError(.notFound)
        }
        do {
            let departure = try await signOn.begin(
                purpose, with: provider, redirectURI: "\(address)/sign-in/callback/\(provider.name)",
                next: next?.text, browser: SignOnCookie.token(in: request), from: context.origin)
            let response = Response.redirect(to: departure.url)
            return SignOnCookie.set(departure.browser).map { response.adding(cookie: $0) } ?? response
        } catch let error as SignInError {
            context.logger.error(
                "A provider cannot be asked", metadata: ["provider": "\(provider.name)", "cause": "\(error)"])
            return try await desk.signOnRefused(.provider(error), by: provider, next: next?.text, context)
        }
    }
}

extension Desk {
    /// The provider that the path names; 404 for any other.
    func provider(in context: PortalContext) throws -> IdentityProvider {
        guard let name = context.parameters.get("provider"), let provider = singleSignOn?.provider(named: name) else {
            throw HTTPError(.notFound)
        }
        return provider
    }

    /// What browsers call the portal: as configured, else as this one on the own machine does.
    func address(for request: Request) -> String? { configuration.origin ?? Self.trialOrigin(of: request) }
}
