import Accounts
import Hummingbird
import LatchkeyCore

/// Where one-time codes are mailed to: the private mailbox is named, and shown to be the visitor's by a first code. Also the second step of setting
/// up an account.
struct CodesByMailPage: Page {
    let desk: Desk

    func register(on routes: Routes) {
        routes.at("/codes-by-mail", get: show, post: submit)
        routes.at("/codes-by-mail/remove", post: remove)
    }

    private func show(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try await desk.enrolling(request, context)
        return try await page(visitor, Answers(), context)
    }

    private func submit(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try await desk.enrolling(request, context)
        guard let codesByMail = desk.codesByMail, desk.offersCodesByMail(to: visitor) else {
            return try await page(visitor, Answers(), context)
        }
        let form = try await Form(request)
        var answers = Answers(address: form.text("address"))
        guard !answers.address.isEmpty else {
            answers.addressProblem = Texts.mailboxMissing
            return try await page(visitor, answers, context)
        }
        do {
            if form.has(MailedCodeView.fieldName), !form.has(MailedCodeView.button.name) {
                return try await confirm(form.text(MailedCodeView.fieldName), answers, codesByMail, visitor, context)
            }
            let sending = try await codesByMail.begin(answers.address, in: visitor.session, from: context.origin)
            answers.failure = try sending.problem(at: desk.now())
            answers.isCodeMailed = answers.failure == nil
        } catch let invalid as InvalidInput {
            answers.addressProblem = invalid.text(for: "address")
        }
        return try await page(visitor, answers, context)
    }

    private func confirm(
        _ code: String, _ answers: Answers, _ codesByMail: CodesByMail, _ visitor: Visitor, _ context: PortalContext
    ) async throws -> Response {
        var answers = answers
        answers.isCodeMailed = true
        answers.codeProblem = Texts.mailedCodeMissing
        if !code.isEmpty {
            let outcome = try await codesByMail.enrol(
                answers.address, code: code, in: visitor.session, from: context.origin)
            if case .confirmed(let token, let session) = outcome {
                guard visitor.session.stage == .enrolment else {
                    return Response.redirect(to: "/", saying: Notice(.mailboxEnrolled)).carrying(token)
                }
                let now = Visitor(token: token, session: session, account: visitor.account)
                return try await desk.recoveryCodesPage(of: now, isSetup: true, context).carrying(token)
            }
            answers.codeProblem = try outcome.problem(.mailedCode, at: desk.now())
        }
        return try await page(visitor, answers, context)
    }

    private func remove(_ request: Request, _ context: PortalContext) async throws -> Response {
        let visitor = try context.fresh(request, at: desk.now(), thenAt: "/codes-by-mail")
        switch try await desk.credentials.remove(.mailbox, in: visitor.session, from: context.origin) {
        case .removed: return .redirect(to: "/", saying: Notice(.mailboxRemoved))
        case .gone: return .redirect(to: "/")
        case .lastWay: return .redirect(to: "/codes-by-mail")
        }
    }

    private struct Answers {
        var address = ""
        var addressProblem: String?
        /// What kept a code from being mailed.
        var failure: String?
        var isCodeMailed = false
        var codeProblem: String?

        var isGood: Bool { addressProblem == nil && failure == nil && codeProblem == nil }
    }

    private func page(_ visitor: Visitor, _ answers: Answers, _ context: PortalContext) async throws -> Response {
        let isSetup = visitor.session.stage == .enrolment
        let ways = try await desk.credentials.ways(of: visitor.account.id)
        // A second step follows something: where there is nothing, only a passkey will do.
        guard ways.hasFirstFactor || ways.mailbox != nil else { throw Detour(to: isSetup ? "/set-up" : "/") }
        var fields = [
            Field(
                "address", Texts.mailboxLabel, autocomplete: "email", value: answers.address, hint: Texts.mailboxHint,
                problem: answers.addressProblem, mode: "email", maximumLength: MailAddress.maximumLength)
        ]
        if answers.isCodeMailed { fields.append(.mailedCode(problem: answers.codeProblem)) }
        let heading = ways.mailbox == nil ? Texts.codesByMailHeading : Texts.changeMailboxHeading
        return try await desk.page(
            CodesByMailView(
                isSetup: isSetup, heading: heading, now: isSetup ? nil : ways.mailbox?.address.text,
                isOffered: desk.offersCodesByMail(to: visitor), off: Texts.codesByMailOff + ".",
                failure: answers.failure,
                sent: answers.isCodeMailed && answers.codeProblem == nil
                    ? Texts.codeMailed(to: answers.address) : nil,
                fields: answers.isCodeMailed ? fields : fields.focused,
                action: answers.isCodeMailed ? Texts.confirmMailbox : Texts.mailFirstCode,
                isCodeMailed: answers.isCodeMailed, otherWays: isSetup ? [Texts.authenticatorForMail] : [],
                remove: ways.mailbox == nil
                    ? nil : RemoveView(.mailbox, of: ways, texts: Texts.removeMailbox, path: "/codes-by-mail/remove")),
            title: heading, context: context, status: answers.isGood ? .ok : .unprocessableContent)
    }
}

struct CodesByMailView: View {
    static let template = Template.codesByMail
    let isSetup: Bool
    let heading: String
    /// Where they go so far.
    let now: String?
    let isOffered: Bool
    let off: String
    /// Not `problem`, which the fields have: Mustache takes what is nil in them from here.
    let failure: String?
    let sent: String?
    let fields: [Field]
    let action: String
    let isCodeMailed: Bool
    let otherWays: [OtherWay]
    let remove: RemoveView?
}

extension Desk {
    func offersCodesByMail(to visitor: Visitor) -> Bool { codesByMail != nil && visitor.account.mayGetCodesByMail }
}
