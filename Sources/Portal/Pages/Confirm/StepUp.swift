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

    /// Whoever confirms at a provider leaves the page for that, by a link (`ProviderDeparture`): they are led to the page with the link, and
    /// from the provider back to `page`, by default where the form was sent to. There its fields of the names `kept` are found as they
    /// were (`Desk.keptForm`); they must not hold a secret.
    func check(
        _ form: Form, of visitor: Visitor, _ request: Request, _ context: PortalContext,
        returningTo page: String? = nil,
        keeping kept: Set<String> = []
    ) async throws -> Outcome {
        guard !visitor.session.isFresh(at: desk.now()) else { return .fresh(visitor, newToken: nil) }
        var problems = ConfirmationProblems()
        if form.confirms, !form.confirmsElsewhere {
            switch try await desk.confirmation(in: form, of: visitor, request, context) {
            case .confirmed(let token, let session):
                return .fresh(Visitor(token: token, session: session, account: visitor.account), newToken: token)
            case .mailed: problems.isCodeMailed = true
            case .refused(let found): problems = found
            }
        }
        let ways = try await desk.confirmationWays(of: visitor, request)
        if form.confirmsElsewhere || ways.isElsewhereOnly {
            let next = LocalPath.path(
                page ?? request.uri.path,
                keptForm: try await desk.keep(form.fields(named: kept), in: visitor))
            throw Detour(to: next.map { "/confirm?next=\($0.queryValue)" } ?? "/confirm")
        }
        var field = ways.takesCodes ? Field.code(problem: problems.code) : nil
        field?.hasFocus = !problems.isCodeMailed
        return .needed(
            StepUpView(
                field: field, key: ways.key, keyProblem: ways.alert(problems), mailed: ways.mailedCode(problems),
                hasOtherWay: !ways.providers.isEmpty))
    }
}

/// With what somebody can show that it is them.
struct ConfirmationWays {
    let takesCodes: Bool
    let key: KeyView?
    /// Where codes can be mailed to.
    let mailbox: CodeMailbox?
    let providers: [IdentityProvider]
    /// Whether nothing can confirm but what would have to be added first: see `Session.isUntold`.
    let mustEnrol: Bool

    /// Whether a form cannot ask for it itself.
    var isElsewhereOnly: Bool { !takesCodes && key == nil && mailbox == nil }
    /// Whether what was set up cannot be used: switched off, or bound to another name than the portal was opened by.
    var isNothing: Bool { isElsewhereOnly && providers.isEmpty && !mustEnrol }
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
            .confirm(provider, next: next, isPrimary: isElsewhereOnly && place == 0)
        }
    }
}

extension Desk {
    /// With what `visitor` can confirm: in the second step, or once more.
    func confirmationWays(of visitor: Visitor, _ request: Request) async throws -> ConfirmationWays {
        let ways = try await credentials.ways(of: visitor.account.id)
        // One whose word counts as a password does is no second step, but may tell of several when it is asked anew.
        let linked = try await singleSignOn?.providers(of: visitor.account.id) ?? []
        var mustEnrol = visitor.session.isUntold(at: now())
        if mustEnrol { mustEnrol = try await credentials.mayEnrol(in: visitor.session) }
        let providers = linked.filter { [mustEnrol] in
            !mustEnrol && (visitor.session.stage == .signedIn || $0.singleFactor != .ask)
        }
        let mailbox = codesByMail == nil ? nil : ways.mailbox.flatMap { $0.isUsable ? $0 : nil }
        guard let site = site(of: request),
            let ceremony = try await access.keyConfirmation(in: visitor.session, at: site)
        else {
            return ConfirmationWays(
                takesCodes: ways.totpEnrolled != nil, key: nil, mailbox: mailbox, providers: providers,
                mustEnrol: mustEnrol)
        }
        let kinds = Set(ways.keys.map(\.kind))
        let label =
            kinds == [.passkey] ? Texts.useYourPasskey : kinds == [.securityKey] ? Texts.useSecurityKey : Texts.useKey
        return ConfirmationWays(
            takesCodes: ways.totpEnrolled != nil, key: KeyView(using: ceremony, label: label, isPrimary: true),
            mailbox: mailbox, providers: providers, mustEnrol: mustEnrol)
    }
}
