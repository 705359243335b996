import Accounts
public import Hummingbird
import LatchkeyCore
import NIOCore

/// What is known about a request on its way through the portal.
public struct PortalContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The other end of the connection: a browser, or the proxy before it.
    let peer: IPAddress?
    /// Where the browser is, as far as the proxies that are trusted say; filled in by `SessionGate`.
    var origin = Origin(address: nil, agent: nil)
    /// Who sent it, at whatever stage of signing in; nil without a session.
    var visitor: Visitor?
    /// What the last action wants to be said on the next page.
    var notice: Notice?

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
    }

    /// Forms are small; what is larger is no form of ours.
    public var maxUploadSize: Int { Form.maximumLength }
}

/// Somebody with a session.
struct Visitor: Sendable {
    let token: Secret
    let session: Session
    let account: Account
}

extension PortalContext {
    /// The visitor of a page that needs a whole sign-in; anybody else is led to the step that is missing.
    func signedIn(_ request: Request) throws -> Visitor {
        guard let visitor else {
            let next = request.method == .get ? LocalPath(request.uri.string) : nil
            throw Detour(to: next.map { "/sign-in?next=\($0.queryValue)" } ?? "/sign-in")
        }
        switch visitor.session.stage {
        case .signedIn: return visitor
        case .secondFactor: throw Detour(to: "/sign-in/code")
        case .enrolment: throw Detour(to: "/set-up")
        }
    }

    /// The visitor of a page that needs a strong sign-in of the last minutes: others confirm first and come back, or go on to `page`.
    func fresh(_ request: Request, at now: Timestamp, thenAt page: String? = nil) throws -> Visitor {
        let visitor = try signedIn(request)
        guard visitor.session.isFresh(at: now) else {
            let next = LocalPath(page ?? request.uri.string)
            throw Detour(to: next.map { "/confirm?next=\($0.queryValue)" } ?? "/confirm")
        }
        return visitor
    }
}

/// Leads the browser elsewhere instead of answering (303 See Other).
struct Detour: HTTPResponseError {
    let location: String

    init(to location: String) {
        self.location = location
    }

    var status: HTTPResponse.Status { .seeOther }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        .redirect(to: location)
    }
}
