import Accounts
import Hummingbird
import LatchkeyCore

/// What the visitor is told by mail, and what of it they can do without.
struct AlertsPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/alerts", get: show, post: change)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let off = try await desk.alertChoices.turnedOff(of: visitor.account.id)
        return try await desk.page(
            AlertsView(off: off, login: visitor.account.login, delivery: desk.configuration.alerts),
            title: "Alerts by mail", context: context)
    }

    /// Needs no step-up: what opens a way in is told whatever is chosen here, and so is the choice itself.
    private func change(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.signedIn(request)
        let form = try await Form(request)
        let wanted = Set(form.all("alert"))
        let off = AlertKind.allCases.filter { $0.canBeTurnedOff && !wanted.contains($0.rawValue) }
        let account = visitor.account.id
        let event = AuditEvent(
            time: desk.now(), action: .alertsChanged, actor: .account(account), account: account,
            address: context.origin.address, client: context.origin.agent,
            detail: off.isEmpty ? "all on" : "off: " + off.map(\.rawValue).joined(separator: ", "))
        let isChanged = try await desk.alertChoices.turnOff(Set(off), of: account, event: event)
        return isChanged ? .redirect(to: "/alerts", saying: Notice(.alertsChanged)) : .redirect(to: "/alerts")
    }
}

struct AlertsView: View {
    static let template = Template.alerts
    let always: [String]
    let choices: [Choice]
    /// Where they go.
    let destination: String?
    /// Why they go nowhere, and who can change that.
    let obstacle: String?

    struct Choice: Sendable {
        let id: String
        let value: String
        let title: String
        let hint: String
        let isOn: Bool
    }

    init(off: Set<AlertKind>, login: LoginName, delivery: Portal.Configuration.Alerts) {
        always = AlertKind.allCases.filter { !$0.canBeTurnedOff }.map(\.title)
        choices = AlertKind.allCases.filter(\.canBeTurnedOff).map { kind in
            Choice(
                id: "alert-\(kind.rawValue)", value: kind.rawValue, title: kind.title, hint: Texts.alertHint(kind),
                isOn: !off.contains(kind))
        }
        if !delivery.areSent {
            (destination, obstacle) = (nil, Texts.alertsAreNotSent)
        } else if let address = login.mailAddress {
            (destination, obstacle) = (Texts.alertsGo(to: address.text), nil)
        } else if delivery.administrator != nil {
            (destination, obstacle) = (Texts.alertsGoToAdministrator(login.text), nil)
        } else {
            (destination, obstacle) = (nil, Texts.alertsGoNowhere(login.text))
        }
    }
}
