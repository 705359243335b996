import LatchkeyCore

/// One line of activity: what happened, and if it failed, what to do. The same thing many times over is one line.
struct AttemptView: Sendable {
    let isProblem: Bool
    let icon: String
    /// For who cannot see the icon.
    let outcome: String
    let sentence: String
    let fix: String?
    let when: Moment
    /// " · 192.0.2.7 · 12 times in a row".
    let detail: String

    /// Newest first; what repeats the line before it only raises that line's count.
    static func lines(
        _ events: [AuditEvent], account: Account, now: Timestamp, appPassword: (AppPasswordID) -> AppPassword?
    ) -> [AttemptView] {
        var runs: [(event: AuditEvent, count: Int)] = []
        for event in events where isShown(event) {
            if let last = runs.indices.last, runs[last].event.isRepeated(by: event) {
                runs[last].count += 1
            } else {
                runs.append((event, 1))
            }
        }
        return runs.map { run in
            AttemptView(
                run.event, count: run.count, account: account, appPassword: run.event.appPassword.flatMap(appPassword),
                now: now)
        }
    }

    /// Leaving and confirming are no news; that a sign-in waits for an answer, its own line says.
    private static func isShown(_ event: AuditEvent) -> Bool {
        switch event.action {
        case .portalSignOut, .approvalAsked: false
        case .portalStepUp: event.refusal != nil
        default: true
        }
    }

    private init(_ event: AuditEvent, count: Int, account: Account, appPassword: AppPassword?, now: Timestamp) {
        isProblem = event.refusal != nil
        icon = isProblem ? "cross" : "check"
        outcome = isProblem ? Texts.outcomeBad : Texts.outcomeGood
        when = Moment(event.time, now: now)
        if let signIn = event.signIn {
            let explanation = Explanation(of: signIn, account: account, appPassword: appPassword)
            sentence = explanation.sentence
            fix = explanation.remedy
        } else {
            sentence =
                Texts.portalEvent(event, appPassword: appPassword?.name)
                + (event.isByOther(than: account.id) ? Texts.byOther : "")
            fix = nil
        }
        // An explanation names the client already; what is left is a browser at the portal.
        let browser =
            event.signIn == nil ? event.client.map { BrowserName(agent: $0)?.text ?? Texts.unknownBrowser } : nil
        let parts = [event.address?.description, browser].compactMap(\.self)
        detail = parts.map { " · \($0)" }.joined() + (count > 1 ? Texts.times(count) : "")
    }
}

extension AuditEvent {
    fileprivate func isRepeated(by other: AuditEvent) -> Bool {
        action == other.action && account == other.account && appPassword == other.appPassword
            && refusal == other.refusal && service == other.service && address == other.address
            && client == other.client && detail == other.detail && actor == other.actor
    }

    fileprivate func isByOther(than account: AccountID) -> Bool {
        switch actor {
        case .account(let id): id != account
        case .machineUser: true
        case .system, .client, .link: false
        }
    }
}
