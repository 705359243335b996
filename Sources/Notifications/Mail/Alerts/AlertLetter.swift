import LatchkeyCore

extension Letter {
    /// What is said of an alert. `portal`: the portal's address; `revocation`: the link that revokes its app password.
    init(_ alert: Alert, portal: String, revocation: String?, moment: (Timestamp) -> LocalMoment) {
        let ends = alert.expires.map { moment($0).date }
        self.init(subject: AlertTexts.subject(alert), sentence: AlertTexts.sentence(alert, ends: ends))
        facts = Self.facts(alert, moment)
        paragraphs = AlertTexts.advice(alert)
        if alert.kind == .appPasswordCreated, let revocation {
            action = Link(title: AlertTexts.revoke, url: revocation)
            actionNote = AlertTexts.revokeNote
        } else {
            action = Link(title: AlertTexts.openPortal(alert.kind), url: portal + Self.page(of: alert))
        }
        footer = [AlertTexts.signature]
        if !alert.isForOwner { footer.append(AlertTexts.onBehalf(of: alert.login)) }
        footer.append(alert.kind.canBeTurnedOff ? AlertTexts.choose("\(portal)/alerts") : AlertTexts.always)
    }

    /// Where something can be done about it; who is not signed in comes there afterwards.
    private static func page(of alert: Alert) -> String {
        switch alert.kind {
        case .wrongGuesses, .endedSecretTried: "/activity?problems=1"
        case .approvalAsked:
            // Every character of a network may stand in a query as it is (RFC 3986 §3.4).
            alert.appPassword.map { "/app-passwords/\($0)/approve?network=\(ClientNetwork(of: alert.address))" } ?? "/"
        default: "/"
        }
    }

    private static func facts(_ alert: Alert, _ moment: (Timestamp) -> LocalMoment) -> [Fact] {
        var facts: [Fact] = []
        func add(_ label: String, _ value: String?) {
            if let value { facts.append(Fact(label: label, value: value)) }
        }
        add(AlertTexts.account, alert.login.text)
        add(alert.appPassword == nil ? AlertTexts.way(alert.action) : AlertTexts.appPassword, alert.name)
        if alert.kind == .appPasswordExpiring {
            add(AlertTexts.expires, alert.expires.map { moment($0).words })
            return facts
        }
        add(alert.count > 1 ? AlertTexts.whenLast : AlertTexts.when, moment(alert.time).words)
        if alert.count > 1 { add(AlertTexts.tries, "\(alert.count)") }
        add(AlertTexts.services, alert.services.isEmpty ? nil : alert.services.map(\.title).joined(separator: ", "))
        add(AlertTexts.client, client(alert))
        switch alert.author {
        case .administrator: add(AlertTexts.author, AlertTexts.administrator)
        case .owner: add(AlertTexts.address, alert.address?.description ?? AlertTexts.unknownAddress)
        case .other:
            if alert.kind == .appPasswordEnded { add(AlertTexts.author, AlertTexts.linkHolder) }
            add(AlertTexts.address, alert.address?.description ?? AlertTexts.unknownAddress)
        }
        return facts
    }

    /// Of a browser, its name. What a mail program calls itself is told of one that had the secret; a guesser's is nobody's.
    private static func client(_ alert: Alert) -> String? {
        guard alert.kind != .wrongGuesses else { return nil }
        guard alert.author == .owner else { return alert.client.map { AlertTexts.unlinked($0) } }
        return alert.client.map { AlertTexts.browser($0) }
    }
}
