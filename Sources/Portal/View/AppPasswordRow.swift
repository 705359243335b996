import LatchkeyCore

/// An app password as a line of a list.
struct AppPasswordRow: Sendable {
    let href: String
    let label: String
    let application: String
    let services: String
    let lastUse: LastUseView?
    let chip: Chip?
    let menu: Menu?

    struct Menu: Sendable {
        let canRotate: Bool
    }

    init(_ appPassword: AppPassword, now: Timestamp) {
        href = appPassword.path
        label = appPassword.name
        application = appPassword.icon
        services = appPassword.services.titles
        lastUse = appPassword.lastUse.map { LastUseView($0, now: now) }
        chip = Chip(appPassword, now: now)
        let state = appPassword.state(at: now)
        menu = state.isOver ? nil : Menu(canRotate: state == .active)
    }
}

struct LastUseView: Sendable {
    let when: Moment
    /// " from 192.0.2.7 by Thunderbird".
    let from: String

    init(_ use: AppPassword.LastUse, now: Timestamp) {
        when = Moment(use.time, now: now)
        from = Texts.from(use.address?.description, client: use.client)
    }
}

/// A state that wants to be seen; nil for the ordinary one.
struct Chip: Sendable {
    /// Within which an expiry is announced.
    static let notice: Duration = .days(14)

    let text: String
    /// A class of the style sheet.
    let tone: String

    init?(_ appPassword: AppPassword, now: Timestamp) {
        switch appPassword.state(at: now) {
        case .active:
            guard let expires = appPassword.expires, expires - now <= Self.notice else { return nil }
            self.init(Texts.chipExpires(Moment(expires, now: now).words), "warn")
        case .retiring: self.init(Texts.chipRetiring, "warn")
        case .expired: self.init(Texts.chipExpired, "")
        case .revoked: self.init(Texts.chipRevoked, "")
        }
    }

    private init(_ text: String, _ tone: String) {
        self.text = text
        self.tone = tone
    }
}

extension AppPassword {
    var path: String { "/app-passwords/\(id)" }

    /// The symbol of its application among the icons.
    var icon: String { Application.named(application)?.id ?? "other" }
}

extension AppPassword.State {
    var isOver: Bool { self == .expired || self == .revoked }
}

extension Set<Service> {
    /// In the order the portal offers them, those of the organisation's own at the end.
    var inOrder: [Service] {
        Service.catalogue.filter(contains) + subtracting(Service.catalogue).sorted()
    }

    /// "Reading mail, Sending mail".
    var titles: String { inOrder.map(\.title).joined(separator: ", ") }
}
