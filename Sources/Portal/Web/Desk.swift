import Accounts
import Hummingbird
import LatchkeyCore
import WebAuthn

/// What every page has at hand.
struct Desk: Sendable {
    let configuration: Portal.Configuration
    let access: PortalAccess
    let credentials: PortalCredentials
    let setupLinks: SetupLinks
    let helpdesk: Helpdesk
    let accounts: any AccountRepository
    let appPasswords: any AppPasswordRepository
    let issuer: AppPasswordIssuer
    let audit: any AuditLog
    /// Nil where nobody is asked about networks.
    let approvals: FirstUseApprovals?
    let alertChoices: any AlertChoices
    let revocationLinks: RevocationLinks
    let broadcast: SignInBroadcast
    /// Nil where no codes are mailed.
    let codesByMail: CodesByMail?
    /// Nil if nobody signs in through a provider.
    let singleSignOn: SingleSignOn?
    let renderer: Renderer
    let tokens: FormTokens
    let now: @Sendable () -> Timestamp

    /// Renders `view` for whoever asked; with 422 if a form comes back for correction.
    func page<V: View>(
        _ view: V, title: String, context: PortalContext, width: Renderer.Frame.Width = .task,
        section: Renderer.Frame.Section? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        var frame = Renderer.Frame(visitor: context.visitor, width: width, section: section)
        guard let notice = context.notice else {
            return renderer.page(view, title: title, frame: frame, status: status)
        }
        frame.notice = NoticeView(message: Texts.notice(notice.event, appPassword: try await name(in: notice, context)))
        return renderer.page(view, title: title, frame: frame, status: status).adding(cookie: Notice.clearedCookie)
    }

    private func name(in notice: Notice, _ context: PortalContext) async throws -> String? {
        guard let id = notice.appPassword, let visitor = context.visitor,
            let appPassword = try await appPasswords.appPassword(id), appPassword.account == visitor.account.id
        else { return nil }
        return appPassword.name
    }

    /// The visitor's own app password that the path names; 404 for any other.
    func appPassword(in context: PortalContext, of visitor: Visitor) async throws -> AppPassword {
        guard let id = context.parameters.get("id").flatMap({ AppPasswordID($0) }),
            let appPassword = try await appPasswords.appPassword(id), appPassword.account == visitor.account.id
        else { throw HTTPError(.notFound) }
        return appPassword
    }

    /// The site that passkeys are made for and answer to; nil where a browser has none for it, as under a bare address.
    func site(of request: Request) -> RelyingParty? {
        guard let origin = configuration.origin ?? Self.trialOrigin(of: request) else { return nil }
        let authority = origin.drop { $0 != "/" }.dropFirst(2)
        let host = authority.hasPrefix("[") ? authority : authority.prefix { $0 != ":" }
        // An id is a domain (WebAuthn L3 §5.1.2): no address is one.
        guard IPAddress(host) == nil, !host.hasPrefix("[") else { return nil }
        let name = configuration.domain.map { "Latchkey (\($0))" } ?? "Latchkey"
        return RelyingParty(id: String(host), name: name, origins: [origin])
    }

    static func trialOrigin(of request: Request) -> String? {
        guard let host = request.head.authority, OriginGuard.isLoopback(host) else { return nil }
        return "http://\(host)"
    }

    func moment(_ time: Timestamp) -> Moment { Moment(time, now: now()) }
}
