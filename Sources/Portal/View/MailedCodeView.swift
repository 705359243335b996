import Accounts
import LatchkeyCore

/// A code by mail in a form: the button that has one sent, then the field for it.
struct MailedCodeView: Sendable {
    static let button = (name: "mail", value: "code")
    static let fieldName = "mailed-code"

    /// Where a code would go, until one is asked for.
    let destination: String?
    /// Said once a code is on its way. Names of its own: Mustache takes what is nil here from the view around it.
    let mailSent: String?
    /// Nil until then.
    let mailedField: Field?
    /// What kept a code from being sent.
    let mailProblem: String?
    let isMailPrimary: Bool

    /// `address` is masked: a password alone does not open it. `isPrimary`: there is no other way.
    init(_ address: String, _ problems: ConfirmationProblems, isPrimary: Bool) {
        destination = problems.isCodeMailed ? nil : Texts.codeGoes(to: address)
        mailSent = problems.isCodeMailed && problems.sending == nil ? Texts.codeMailed(to: address) : nil
        mailedField = problems.isCodeMailed ? .mailedCode(problem: problems.mailedCode) : nil
        mailProblem = problems.sending
        isMailPrimary = isPrimary
    }
}

extension Field {
    static func mailedCode(problem: String? = nil) -> Field {
        var field = Field(
            MailedCodeView.fieldName, Texts.mailedCodeLabel, autocomplete: "one-time-code",
            hint: Texts.mailedCodeHint, problem: problem, mode: "numeric", maximumLength: 16)
        field.hasFocus = true
        return field
    }
}

extension CodesByMail.Sending {
    /// What to tell the person; nil if the code is on its way. Leads to the beginning if the session is over.
    func problem(at now: Timestamp) throws -> String? {
        switch self {
        case .sent: nil
        case .throttled(let until): Texts.mailsThrottled(until: Moment(until, now: now))
        case .notSent: Texts.codeNotMailed
        case .noMailbox: Texts.noMailbox
        case .ended: throw Detour(to: "/sign-in")
        }
    }
}
