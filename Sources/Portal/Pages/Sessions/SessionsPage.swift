import Accounts
import Hummingbird
import LatchkeyCore

/// The browsers that are signed in, each with a way to end that.
struct SessionsPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/sessions", get: show)
        routes.at("/sessions/end-others", post: endOthers)
        routes.at("/sessions/{id}/end", post: end)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let now = desk.now()
        let sessions = try await desk.access.sessions(of: visitor.account.id)
            .map { SessionsView.Line($0, isCurrent: $0.id == visitor.session.id, now: now) }
        return try await desk.page(
            SessionsView(sessions: sessions, hasOthers: sessions.count > 1), title: "Where you are signed in",
            context: context)
    }

    private func end(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        guard let id = context.parameters.get("id").flatMap({ Identifier<Session>($0) }) else {
            throw HTTPError(.notFound)
        }
        _ = try await desk.access.end(id, in: visitor.session, from: context.origin)
        return .redirect(to: "/sessions", saying: Notice(.sessionEnded))
    }

    private func endOthers(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        _ = try await desk.access.endOthers(than: visitor.session, from: context.origin)
        return .redirect(to: "/sessions", saying: Notice(.sessionsEnded))
    }
}

struct SessionsView: View {
    static let template = Template.sessions
    let sessions: [Line]
    let hasOthers: Bool

    struct Line: Sendable {
        let browser: String
        let isCurrent: Bool
        /// "192.0.2.7 · ", or empty.
        let place: String
        /// "With password and code · ", or empty.
        let methods: String
        let began: Moment
        let seen: Moment
        let endAction: String?

        init(_ session: Session, isCurrent: Bool, now: Timestamp) {
            browser = session.agent.flatMap(BrowserName.init(agent:))?.text ?? Texts.unknownBrowser
            self.isCurrent = isCurrent
            methods = Texts.signedInWith(session.methods) ?? ""
            place = session.address.map { Texts.place($0.description) } ?? ""
            began = Moment(session.created, now: now)
            seen = Moment(session.lastSeen, now: now)
            endAction = isCurrent ? nil : "/sessions/\(session.id)/end"
        }
    }
}
