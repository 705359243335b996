public import LatchkeyCore

/// Makes messages of alerts: in whose name, with which links, in which time.
public struct MailOffice: Sendable {
    private let sender: MailAddress
    private let portal: String
    private let revocationToken: @Sendable (AppPasswordID) -> Secret
    private let utcOffset: @Sendable (Timestamp) -> Int
    private let now: @Sendable () -> Timestamp

    /// `portal`: its address as browsers see it. `utcOffset`: seconds east of Greenwich that clocks here are at a moment.
    public init(
        sender: MailAddress, portal: String, revocationToken: @escaping @Sendable (AppPasswordID) -> Secret,
        utcOffset: @escaping @Sendable (Timestamp) -> Int, now: @escaping @Sendable () -> Timestamp
    ) {
        self.sender = sender
        self.portal = portal
        self.revocationToken = revocationToken
        self.utcOffset = utcOffset
        self.now = now
    }

    public func envelope(of alert: Alert) -> Envelope {
        let revocation = alert.appPassword.flatMap { revocationToken($0).reveal() }.map { "\(portal)/revoke/\($0)" }
        return message(
            Letter(alert, portal: portal, revocation: revocation, moment: moment), to: alert.recipient,
            id: "\(alert.id)")
    }

    /// Of a one-time code: nothing of it stands in the subject, which lies open on locked telephones.
    func envelope(of mail: CodeMail) -> Envelope {
        var rng = SystemRandomNumberGenerator()
        return message(
            Letter(mail, portal: portal, moment: moment), to: mail.recipient,
            id: "\(AlertID(at: mail.time, using: &rng))")
    }

    /// To see whether mail arrives.
    public func trial(to recipient: MailAddress) -> Envelope {
        var rng = SystemRandomNumberGenerator()
        let letter = Letter(
            subject: AlertTexts.trialSubject, sentence: AlertTexts.trialSentence,
            facts: [Letter.Fact(label: AlertTexts.when, value: moment(now()).words)],
            footer: [AlertTexts.signature])
        return message(letter, to: recipient, id: "\(AlertID(at: now(), using: &rng))")
    }

    private func message(_ letter: Letter, to recipient: MailAddress, id: String) -> Envelope {
        // An id is ASCII even where the domain is not (RFC 5322 §3.6.4).
        let domain = sender.isInternational ? "latchkey.invalid" : sender.domain
        return MailMessage(
            sender: sender, recipient: recipient, subject: letter.subject, date: moment(now()), id: "\(id)@\(domain)",
            text: letter.text, html: letter.html
        ).envelope
    }

    private func moment(_ time: Timestamp) -> LocalMoment { LocalMoment(time, offset: utcOffset(time)) }
}
