import Accounts
import Hummingbird
import LatchkeyCore

/// What came of what a visitor showed in a form: as their second step, or to confirm once more that it is them.
enum Confirmation {
    /// The session has this new token.
    case confirmed(token: Secret, Session)
    /// They asked for a code by mail, and it is on its way.
    case mailed
    case refused(ConfirmationProblems)
}

/// What was wrong with what was shown, each to be told beside its field.
struct ConfirmationProblems: Sendable {
    var code: String?
    var key: String?
    var mailedCode: String?
    /// What kept a code from being mailed.
    var sending: String?
    /// Whether there is a code to be typed that came by mail.
    var isCodeMailed = false

    var isEmpty: Bool { code == nil && key == nil && mailedCode == nil && sending == nil }
}

extension Form {
    /// Whether anything was shown or asked for that confirms.
    var confirms: Bool { ceremonyAnswer != nil || has("code") || has(MailedCodeView.fieldName) || asksForMailedCode }

    /// Whether the button was pressed that leads to another page to confirm, and no code typed beside it.
    var confirmsElsewhere: Bool {
        has("elsewhere") && text("code").isEmpty && text(MailedCodeView.fieldName).isEmpty
    }

    /// Whether the button was pressed that has a code mailed, and no code typed beside it: Enter presses the first button of a form, whichever it is.
    fileprivate var asksForMailedCode: Bool {
        text(MailedCodeView.button.name) == MailedCodeView.button.value && text("code").isEmpty
            && text(MailedCodeView.fieldName).isEmpty
    }
}

extension Desk {
    /// Judges the answer of a key, a code of the authenticator app or one that came by mail, whichever `form` holds.
    func confirmation(
        in form: Form, of visitor: Visitor, _ request: Request, _ context: PortalContext
    ) async throws -> Confirmation {
        var problems = ConfirmationProblems()
        problems.isCodeMailed = form.has(MailedCodeView.fieldName)
        let outcome: CodeOutcome
        if let answer = form.ceremonyAnswer, let site = site(of: request) {
            outcome = try await access.confirm(answer, at: site, in: visitor.session, from: context.origin)
            problems.key = try outcome.problem(.key, at: now())
        } else if let codesByMail, form.asksForMailedCode {
            let sending = try await codesByMail.send(in: visitor.session, from: context.origin)
            problems.sending = try sending.problem(at: now())
            guard problems.sending != nil else { return .mailed }
            // One that was mailed before may still be on its way.
            if case .throttled = sending { problems.isCodeMailed = true }
            return .refused(problems)
        } else if let codesByMail, problems.isCodeMailed, form.text("code").isEmpty {
            let code = form.text(MailedCodeView.fieldName)
            guard !code.isEmpty else {
                problems.mailedCode = Texts.mailedCodeMissing
                return .refused(problems)
            }
            outcome = try await codesByMail.confirm(code: code, in: visitor.session, from: context.origin)
            problems.mailedCode = try outcome.problem(.mailedCode, at: now())
        } else {
            let code = form.text("code")
            guard !code.isEmpty else {
                problems.code = Texts.codeMissing
                return .refused(problems)
            }
            outcome = try await access.confirm(code: code, in: visitor.session, from: context.origin)
            problems.code = try outcome.problem(.authenticatorCode, at: now())
        }
        guard case .confirmed(let token, let session) = outcome else { return .refused(problems) }
        return .confirmed(token: token, session)
    }
}
