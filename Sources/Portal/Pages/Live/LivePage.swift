import HTTPTypes
import Hummingbird
import LatchkeyCore
import NIOCore
import ServiceLifecycle

/// Shows how the first sign-in with a new app password goes: live by server-sent events, or once for who has no script.
struct LivePage: Page {
    /// Between signs of life, so that proxies keep the connection and a lost browser is noticed.
    static let heartbeat: Duration = .seconds(15)
    /// Signs of life after which the browser has to ask again: a quarter of an hour.
    static let heartbeats = 60
    /// Events looked at from before the page was open.
    static let backlog = 200

    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/app-passwords/{id}/live", get: stream)
        routes.at("/app-passwords/{id}/check", get: check)
    }

    private func check(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let appPassword = try await desk.appPassword(in: context, of: visitor)
        let state = try await soFar(appPassword, visitor)
        return try await desk.page(
            CheckView(href: appPassword.path, label: appPassword.name, live: state.view(desk.renderer)),
            title: "Did it sign in?", context: context)
    }

    private func stream(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let appPassword = try await desk.appPassword(in: context, of: visitor)
        // Listening begins before the log is read, so that nothing falls between; `observe` does not mind hearing twice.
        let signIns = desk.broadcast.signIns()
        let start = try await soFar(appPassword, visitor)
        let renderer = desk.renderer
        let body = ResponseBody { writer in
            try await Self.write(
                signIns, after: start, shown: Self.waiting(appPassword, visitor, renderer), renderer, &writer)
            try await writer.finish(nil)
        }
        var headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]
        headers.set("X-Accel-Buffering", "no")
        return Response(status: .ok, headers: headers, body: body)
    }

    private static func waiting(_ appPassword: AppPassword, _ visitor: Visitor, _ renderer: Renderer) -> String {
        renderer.fragment(FirstSignIn(appPassword, of: visitor.account).view(renderer))
    }

    /// Sends the panel whenever it changes, until the browser goes, the server stops or the time is up.
    private static func write(
        _ signIns: AsyncStream<SignIn>, after start: FirstSignIn, shown: String, _ renderer: Renderer,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        let (ticks, continuation) = AsyncStream.makeStream(of: Tick.self, bufferingPolicy: .bufferingNewest(64))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await signIn in signIns { continuation.yield(.signIn(signIn)) }
            }
            group.addTask {
                for _ in 0..<heartbeats {
                    continuation.yield(.heartbeat)
                    try await Task.sleep(for: heartbeat)
                }
                continuation.finish()
            }
            defer { group.cancelAll() }
            var state = start
            var shown = shown
            for await tick in ticks.cancelOnGracefulShutdown() {
                if case .signIn(let signIn) = tick { state.observe(signIn) }
                let panel = renderer.fragment(state.view(renderer))
                if panel != shown {
                    try await writer.write(ByteBuffer(string: ServerSentEvent(name: "panel", data: panel).text))
                    shown = panel
                } else if case .heartbeat = tick {
                    try await writer.write(ByteBuffer(string: ":\n\n"))
                }
            }
            try await writer.write(ByteBuffer(string: ServerSentEvent(name: "done", data: "").text))
        }
    }

    private func soFar(_ appPassword: AppPassword, _ visitor: Visitor) async throws -> FirstSignIn {
        let entries = try await desk.audit.entries(
            matching: AuditFilter(account: visitor.account.id, since: appPassword.created),
            limit: Self.backlog)
        var state = FirstSignIn(appPassword, of: visitor.account)
        for entry in entries.reversed() {
            if let signIn = entry.event.signIn { state.observe(signIn) } else { state.observeApproval(entry.event) }
        }
        return state
    }
}

/// What makes the stream say something.
private enum Tick: Sendable {
    case signIn(SignIn)
    case heartbeat
}

/// One event of a `text/event-stream` (HTML Standard §9.2).
struct ServerSentEvent {
    let name: String
    let data: String

    var text: String {
        let lines = data.split(separator: "\n", omittingEmptySubsequences: false).map { "data: \($0)\n" }
        return "event: \(name)\n\(lines.joined())\n"
    }
}

struct CheckView: View {
    static let template = Template.check
    let href: String
    let label: String
    let live: LiveView
}
