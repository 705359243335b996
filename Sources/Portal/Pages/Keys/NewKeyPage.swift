import Accounts
import Hummingbird
import LatchkeyCore

/// Adds a passkey or a security key: from Security info, or as the second step of setting up an account.
struct NewKeyPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        for kind in WebAuthnCredential.Kind.allCases {
            routes.at(
                RouterPath("\(kind.path)/new"), get: { try await show(kind, $0, $1) },
                post: { try await add(kind, $0, $1) })
        }
    }

    private func show(_ kind: WebAuthnCredential.Kind, _ request: Request, _ context: PortalContext) async throws
        -> Response
    {
        let visitor = try await desk.enrolling(request, context)
        return try await page(kind, visitor, problem: nil, request, context)
    }

    private func add(_ kind: WebAuthnCredential.Kind, _ request: Request, _ context: PortalContext) async throws
        -> Response
    {
        let visitor = try await desk.enrolling(request, context)
        let form = try await Form(request)
        guard let site = desk.site(of: request), let answer = form.ceremonyAnswer else {
            return try await page(kind, visitor, problem: Texts.keyNotCreated, request, context)
        }
        let outcome = try await desk.credentials.addKey(
            answer, kind, at: site, in: visitor.session, from: context.origin)
        switch outcome {
        case .enrolled(let token, let session, _):
            let now = Visitor(token: token, session: session, account: visitor.account)
            return try await next(after: kind, now, isSetup: visitor.session.stage == .enrolment, context)
                .carrying(token)
        case .refused: return try await page(kind, visitor, problem: Texts.keyNotCreated, request, context)
        case .taken: return try await page(kind, visitor, problem: Texts.keyTaken, request, context)
        case .ended: throw Detour(to: "/sign-in")
        }
    }

    /// Who set up an account with a password gets recovery codes, which stand in for the key; without one they would open nothing.
    private func next(
        after kind: WebAuthnCredential.Kind, _ visitor: Visitor, isSetup: Bool, _ context: PortalContext
    ) async throws -> Response {
        let ways = try await desk.credentials.ways(of: visitor.account.id)
        if isSetup, ways.passwordSet != nil {
            return try await desk.recoveryCodesPage(of: visitor, isSetup: true, context)
        }
        let review = isSetup ? try await desk.recovery(of: visitor) : nil
        return .redirect(
            to: review == nil ? "/" : "/recovered", saying: Notice(kind == .passkey ? .passkeyAdded : .securityKeyAdded)
        )
    }

    private func page(
        _ kind: WebAuthnCredential.Kind, _ visitor: Visitor, problem: String?, _ request: Request,
        _ context: PortalContext
    ) async throws -> Response {
        let isSetup = visitor.session.stage == .enrolment
        let texts = Texts.newKey(kind)
        var problem = problem
        var key: KeyView?
        if let site = desk.site(of: request) {
            do {
                let ceremony = try await desk.credentials.beginKey(kind, at: site, in: visitor.session)
                key = KeyView(creating: ceremony, label: texts.action)
            } catch let invalid as InvalidInput {
                problem = invalid.text(for: "key")
            }
        }
        let hasFirst = try await desk.credentials.ways(of: visitor.account.id).hasFirstFactor
        let other = isSetup && hasFirst && kind == .passkey ? Texts.authenticatorInstead : nil
        return try await desk.page(
            NewKeyView(
                isSetup: isSetup, heading: texts.heading, lede: texts.lede, points: texts.points, problem: problem,
                action: "\(kind.path)/new", key: key, hasKey: key != nil || problem != nil, otherWay: other),
            title: texts.heading, context: context, status: problem == nil ? .ok : .unprocessableContent)
    }
}

struct NewKeyView: View {
    static let template = Template.newKey
    let isSetup: Bool
    let heading: String
    let lede: String
    let points: [String]
    let problem: String?
    let action: String
    let key: KeyView?
    /// False where the browser cannot have one for this address.
    let hasKey: Bool
    let otherWay: OtherWay?
}

/// A link to another way of doing the same.
struct OtherWay: Sendable {
    let text: String
    let href: String
    let action: String
    var id = "other-way"
}

extension WebAuthnCredential.Kind {
    /// Where its pages are.
    var path: String {
        switch self {
        case .passkey: "/passkeys"
        case .securityKey: "/security-keys"
        }
    }
}
