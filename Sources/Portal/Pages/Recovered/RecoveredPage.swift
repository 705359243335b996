import Accounts
import Hummingbird
import LatchkeyCore

/// The last step for somebody who was let in again by a link: what the link took away, and what still works and may be in
/// somebody else's hands.
struct RecoveredPage: Page {
    /// How long after the link's use there is something to look over.
    static let span: Duration = .days(1)

    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/recovered", get: show)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        guard let view = try await desk.recovery(of: visitor) else { return .redirect(to: "/") }
        return try await desk.page(view, title: Texts.recoveredTitle, context: context)
    }
}

struct RecoveredView: View {
    static let template = Template.recovered
    let removed: [String]
    let hasRemoved: Bool
    let appPasswords: [AppPasswordRow]
    let hasAppPasswords: Bool

    /// What is told of as taken away.
    static let removals: Set<AuditEvent.Action> = [
        .passkeyRemoved, .securityKeyRemoved, .totpRemoved, .mailboxRemoved, .recoveryCodesRemoved, .sessionsEnded,
    ]

    /// Nil if there is nothing to look over: a new account.
    init?(removed: [AuditEvent], working: [AppPassword], now: Timestamp) {
        guard !removed.isEmpty || !working.isEmpty else { return nil }
        self.removed = removed.map { Texts.removed($0) }
        hasRemoved = !removed.isEmpty
        appPasswords = working.map { AppPasswordRow($0, now: now) }
        hasAppPasswords = !working.isEmpty
    }
}

extension Desk {
    /// What the visitor should look over after a link let them in; nil if none did lately, or there is nothing.
    func recovery(of visitor: Visitor) async throws -> RecoveredView? {
        let now = now()
        let account = visitor.account.id
        let uses = try await audit.entries(
            matching: AuditFilter(account: account, action: .setupLinkUsed, since: now + (.zero - RecoveredPage.span)),
            limit: 1)
        guard let use = uses.first else { return nil }
        // All that a link changes is written with its use.
        let beside = try await audit.entries(
            matching: AuditFilter(account: account, since: use.event.time), limit: 200)
        let removed = beside.reversed().map(\.event).filter { event in
            event.time == use.event.time && RecoveredView.removals.contains(event.action)
        }
        return RecoveredView(
            removed: removed,
            working: try await appPasswords.appPasswords(of: account, includingEnded: false, at: now), now: now)
    }
}
