import Accounts
import Hummingbird
import LatchkeyCore

/// A fresh code or key, asked for within a form whose sender's last one grew old while they filled it in: so nothing is lost.
struct StepUp {
    let desk: Desk

    enum Outcome {
        /// Go on. If something was shown, the session has this new token.
        case fresh(Visitor, newToken: Secret?)
        /// Show the form again with this in it.
        case needed(StepUpView)
    }

    func check(_ form: Form, of visitor: Visitor, _ request: Request, _ context: PortalContext) async throws -> Outcome
    {
        guard !visitor.session.isFresh(at: desk.now()) else { return .fresh(visitor, newToken: nil) }
        var problems = ConfirmationProblems()
        if form.confirms {
            switch try await desk.confirmation(in: form, of: visitor, request, context) {
            case .confirmed(let token, let session):
                return .fresh(Visitor(token: token, session: session, account: visitor.account), newToken: token)
            case .mailed: problems.isCodeMailed = true
            case .refused(let found): problems = found
            }
        }
        let ways = try await desk.confirmationWays(of: visitor, request)
        var field = ways.takesCodes ? Field.code(problem: problems.code) : nil
        field?.hasFocus = !problems.isCodeMailed
        return .needed(
            StepUpView(
                field: field, key: ways.key, keyProblem: ways.alert(problems), mailed: ways.mailedCode(problems),
                providers: ways.providers.map {
                    .confirm($0, next: LocalPath("/confirm/done"), isPrimary: false, isElsewhere: true)
                }))
    }
}

/// With what somebody can show that it is them.
struct ConfirmationWays {
    let takesCodes: Bool
    let key: KeyView?
    /// Where codes can be mailed to.
    let mailbox: CodeMailbox?
    let providers: [IdentityProvider]

    var isProvidersOnly: Bool { !takesCodes && key == nil && mailbox == nil }
    /// Whether nothing is to be done before a code is mailed.
    var isMailOnly: Bool { !takesCodes && key == nil }

    /// What is to be told at the head of the form.
    func alert(_ problems: ConfirmationProblems) -> String? {
        problems.key ?? (mailbox == nil ? problems.sending : nil)
    }

    func mailedCode(_ problems: ConfirmationProblems) -> MailedCodeView? {
        mailbox.map { MailedCodeView($0.masked, problems, isPrimary: isMailOnly) }
    }

    /// The field of the authenticator app. The page begins there, unless a code came by mail.
    func codeFields(_ problems: ConfirmationProblems) -> [Field] {
        let fields = [Field.code(problem: problems.code)]
        return problems.isCodeMailed ? fields : fields.focused
    }

    func providerViews(next: LocalPath?) -> [ProviderView] {
        providers.enumerated().map { place, provider in
            .confirm(provider, next: next, isPrimary: isProvidersOnly && place == 0)
        }
    }
}

extension Desk {
    /// With what `visitor` can confirm: in the second step, or once more.
    func confirmationWays(of visitor: Visitor, _ request: Request) async throws -> ConfirmationWays {
        let ways = try await credentials.ways(of: visitor.account.id)
        // One whose word counts as a password does is no second step, but may tell of several when it is asked anew.
        let linked = try await singleSignOn?.providers(of: visitor.account.id) ?? []
        let providers = linked.filter { visitor.session.stage == .signedIn || $0.singleFactor != .ask }
        let mailbox = codesByMail == nil ? nil : ways.mailbox.flatMap { $0.isUsable ? $0 : nil }
        guard let site = site(of: request),
            let ceremony = try await access.keyConfirmation(in: visitor.session, at: site)
        else {
            return ConfirmationWays(
                takesCodes: ways.totpEnrolled != nil || providers.isEmpty && mailbox == nil, key: nil,
                mailbox: mailbox, providers: providers)
        }
        let kinds = Set(ways.keys.map(\.kind))
        let label =
            kinds == [.passkey] ? Texts.useYourPasskey : kinds == [.securityKey] ? Texts.useSecurityKey : Texts.useKey
        return ConfirmationWays(
            takesCodes: ways.totpEnrolled != nil, key: KeyView(using: ceremony, label: label, isPrimary: true),
            mailbox: mailbox, providers: providers)
    }
}
