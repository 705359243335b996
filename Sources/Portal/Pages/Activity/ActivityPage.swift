import Hummingbird
import LatchkeyCore

/// Everything that concerns the visitor's account, grouped by app password.
struct ActivityPage: Page {
    /// Events of a page.
    static let pageLength = 60
    /// Events looked through for a page of problems, so that a long quiet time costs no more than this.
    static let searchLength = 2_000

    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/activity", get: show)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let query = try Form(query: request)
        let problemsOnly = query.text("problems") == "1"
        let before = Int64(query.text("before"))
        let found =
            problemsOnly
            ? try await problems(of: visitor.account.id, before: before)
            : try await everything(of: visitor.account.id, before: before)
        let appPasswords = try await desk.appPasswords.appPasswords(
            of: visitor.account.id, includingEnded: true, at: desk.now())
        let view = ActivityView(
            found.events, older: found.older, problemsOnly: problemsOnly, account: visitor.account,
            appPasswords: Dictionary(appPasswords.map { ($0.id, $0) }) { first, _ in first }, now: desk.now())
        return try await desk.page(view, title: "Activity", context: context, section: .activity)
    }

    private struct Found {
        var events: [AuditEvent] = []
        /// Where the next page begins; nil at the end.
        var older: Int64?
    }

    private func everything(of account: AccountID, before: Int64?) async throws -> Found {
        let entries = try await desk.audit.entries(
            matching: AuditFilter(account: account, before: before), limit: Self.pageLength)
        return Found(
            events: entries.map(\.event), older: entries.count == Self.pageLength ? entries.last?.sequence : nil)
    }

    private func problems(of account: AccountID, before: Int64?) async throws -> Found {
        var found = Found(older: before)
        let step = 200
        for _ in 0..<(Self.searchLength / step) {
            let entries = try await desk.audit.entries(
                matching: AuditFilter(account: account, before: found.older), limit: step)
            for entry in entries {
                if entry.event.refusal != nil { found.events.append(entry.event) }
                found.older = entry.sequence
                if found.events.count == Self.pageLength { return found }
            }
            guard entries.count == step else {
                found.older = nil
                return found
            }
        }
        return found
    }
}

struct ActivityView: View {
    static let template = Template.activity
    let problemsOnly: Bool
    let groups: [Group]
    let isEmpty: Bool
    let emptyTitle: String
    let emptyText: String
    let older: String?

    struct Group: Sendable {
        let label: String
        let href: String?
        /// Where "That wasn't me" leads.
        let revokeHref: String?
        let attempts: [AttemptView]
    }

    /// What the events of a group have in common.
    private enum Key: Hashable {
        case appPassword(AppPasswordID)
        case untied
        case portal

        init(_ event: AuditEvent) {
            if let id = event.appPassword {
                self = .appPassword(id)
            } else {
                self = event.action == .signIn ? .untied : .portal
            }
        }
    }

    init(
        _ events: [AuditEvent], older: Int64?, problemsOnly: Bool, account: Account,
        appPasswords: [AppPasswordID: AppPassword], now: Timestamp
    ) {
        self.problemsOnly = problemsOnly
        var order: [Key] = []
        var members: [Key: [AuditEvent]] = [:]
        for event in events {
            let key = Key(event)
            if members[key] == nil { order.append(key) }
            members[key, default: []].append(event)
        }
        groups = order.compactMap { key in
            let attempts = AttemptView.lines(members[key] ?? [], account: account, now: now) { appPasswords[$0] }
            guard !attempts.isEmpty else { return nil }
            switch key {
            case .portal: return Group(label: Texts.portalGroup, href: nil, revokeHref: nil, attempts: attempts)
            case .untied: return Group(label: Texts.untiedGroup, href: nil, revokeHref: nil, attempts: attempts)
            case .appPassword(let id):
                let appPassword = appPasswords[id]
                let works = appPassword.map { !$0.state(at: now).isOver } ?? false
                return Group(
                    label: appPassword?.name ?? Texts.deletedGroup, href: appPassword?.path,
                    revokeHref: works ? appPassword.map { "\($0.path)/revoke" } : nil, attempts: attempts)
            }
        }
        isEmpty = groups.isEmpty
        let empty = problemsOnly ? Texts.emptyProblems : Texts.emptyActivity
        emptyTitle = empty.title
        emptyText = empty.text
        self.older = older.map { "/activity?before=\($0)\(problemsOnly ? "&problems=1" : "")" }
    }
}
