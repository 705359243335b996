import Accounts
import Hummingbird
import LatchkeyCore

/// A fresh code, asked for within a form whose sender's last one grew old while they filled it in: so nothing is lost.
struct StepUp {
    let desk: Desk

    enum Outcome {
        /// Go on. If a code was given, the session has this new token.
        case fresh(Visitor, newToken: Secret?)
        /// Show the form again with this field in it.
        case codeNeeded(Field)
    }

    func check(_ form: Form, of visitor: Visitor, _ context: PortalContext) async throws -> Outcome {
        guard !visitor.session.isFresh(at: desk.now()) else { return .fresh(visitor, newToken: nil) }
        let code = form.text("code")
        guard !code.isEmpty else {
            return .codeNeeded(field(problem: form.has("code") ? Texts.codeMissing : nil))
        }
        let outcome = try await desk.access.confirm(code: code, in: visitor.session, from: context.origin)
        guard case .confirmed(let token, let session) = outcome else {
            return .codeNeeded(field(problem: try outcome.problem(.authenticatorCode, at: desk.now())))
        }
        return .fresh(Visitor(token: token, session: session, account: visitor.account), newToken: token)
    }

    private func field(problem: String?) -> Field {
        var field = Field.code(problem: problem)
        field.hasFocus = true
        return field
    }
}
