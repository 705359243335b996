import Accounts
import Hummingbird
import LatchkeyCore

/// Where the helpdesk finds somebody who cannot sign in any more, and makes a one-time link for them.
struct HelpdeskPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/helpdesk", get: show)
        routes.at("/helpdesk/link", post: issue)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let helper = try helper(request, context)
        let name = try Form(query: request).text("login")
        guard !name.isEmpty else { return try await page(name, nil, helper, stepUp: nil, context) }
        let person = try await desk.helpdesk.person(named: name, for: helper.account)
        return try await page(name, person, helper, stepUp: nil, context)
    }

    private func issue(_ request: Request, _ context: PortalContext) async throws -> Response {
        let helper = try helper(request, context)
        let form = try await Form(request)
        let name = form.text("login")
        guard let person = try await desk.helpdesk.person(named: name, for: helper.account) else {
            return .redirect(to: "/helpdesk")
        }
        let fresh: Visitor
        let newToken: Secret?
        switch try await StepUp(desk: desk).check(
            form, of: helper, request, context, returningTo: "/helpdesk?login=\(PercentEncoding.encode(name))")
        {
        case .needed(let stepUp): return try await page(name, person, helper, stepUp: stepUp, context)
        case .fresh(let now, let token): (fresh, newToken) = (now, token)
        }
        // A reload makes no second link, which would end the one just read out.
        guard case .first = desk.tokens.spend(form.text("form"), of: helper, at: desk.now()) else {
            return try await page(name, person, fresh, stepUp: nil, context).carrying(newToken)
        }
        do {
            let link = try await desk.helpdesk.issueLink(
                for: person.account.id, in: fresh.session, from: context.origin)
            let view = RecoveryLinkView(
                label: person.account.label, login: person.account.login.text,
                link: "\(desk.address(request))/setup/\(link.token.reveal() ?? "")",
                expires: Moment(link.expires, now: desk.now()))
            return try await desk.page(
                view, title: Texts.recoveryLinkTitle, context: context, section: .helpdesk
            ).carrying(newToken)
        } catch is Helpdesk.NotAllowed {
            return try await page(name, person, fresh, stepUp: nil, context).carrying(newToken)
        }
    }

    /// To anybody else there is nothing here.
    private func helper(_ request: Request, _ context: PortalContext) throws -> Visitor {
        let visitor = try context.signedIn(request)
        guard visitor.account.mayHelp else { throw HTTPError(.notFound) }
        return visitor
    }

    private func page(
        _ name: String, _ person: Helpdesk.Person?, _ helper: Visitor, stepUp: StepUpView?, _ context: PortalContext
    ) async throws -> Response {
        let now = desk.now()
        let view = HelpdeskView(
            field: Field(
                "login", Texts.helpdeskLoginLabel, value: name, hint: Texts.helpdeskLoginHint,
                problem: person == nil && !name.isEmpty ? Texts.helpdeskNobody : nil, mode: "email"),
            found: person.map {
                HelpdeskView.PersonView($0, formToken: desk.tokens.issue(to: helper, at: now), stepUp: stepUp, now: now)
            }, isSearch: person == nil)
        return try await desk.page(
            view, title: "Helpdesk", context: context, section: .helpdesk,
            status: stepUp == nil ? .ok : .unprocessableContent)
    }
}

struct HelpdeskView: View {
    static let template = Template.helpdesk
    let field: Field
    /// Not `person`, which is whoever looks, in the layout.
    let found: PersonView?
    /// Whether looking for somebody is what the page is about.
    let isSearch: Bool

    struct PersonView: Sendable {
        let label: String
        let login: String
        let aliases: String?
        let portalSignIn: Moment?
        let appSignIn: Moment?
        let ways: [String]
        let hasNoWay: Bool
        let objection: String?
        let link: Link?

        /// The form that makes a link.
        struct Link: Sendable {
            let formToken: String
            let stepUp: StepUpView?
        }

        init(_ person: Helpdesk.Person, formToken: String, stepUp: StepUpView?, now: Timestamp) {
            label = person.account.label
            login = person.account.login.text
            let names = person.account.aliases.map(\.text)
            aliases = names.isEmpty ? nil : names.joined(separator: ", ")
            portalSignIn = person.lastPortalSignIn.map { Moment($0, now: now) }
            appSignIn = person.lastAppSignIn.map { Moment($0, now: now) }
            ways = Texts.ways(person.ways)
            hasNoWay = ways.isEmpty
            objection = person.objection.map(Texts.objection)
            link = person.objection == nil ? Link(formToken: formToken, stepUp: stepUp) : nil
        }
    }
}

/// The page that shows a recovery link, once.
struct RecoveryLinkView: View {
    static let template = Template.recoveryLink
    let label: String
    let login: String
    let link: String
    let expires: Moment
}

extension Account {
    /// What to call its person.
    fileprivate var label: String { name.isEmpty ? login.text : name }
}

extension Desk {
    /// What browsers call the portal: for a link that leaves it.
    fileprivate func address(_ request: Request) -> String {
        configuration.url ?? "http://\(request.head.authority ?? "localhost")"
    }
}
