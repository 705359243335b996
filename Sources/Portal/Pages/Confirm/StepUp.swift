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
        var problem: String?
        var keyProblem: String?
        if let answer = form.ceremonyAnswer, let site = desk.site(of: request) {
            let outcome = try await desk.access.confirm(answer, at: site, in: visitor.session, from: context.origin)
            if let fresh = outcome.visitor(visitor) { return .fresh(fresh, newToken: fresh.token) }
            keyProblem = try outcome.problem(.key, at: desk.now())
        } else if !form.text("code").isEmpty {
            let outcome = try await desk.access.confirm(
                code: form.text("code"), in: visitor.session, from: context.origin)
            if let fresh = outcome.visitor(visitor) { return .fresh(fresh, newToken: fresh.token) }
            problem = try outcome.problem(.authenticatorCode, at: desk.now())
        } else if form.has("code") {
            problem = Texts.codeMissing
        }
        let ways = try await desk.confirmationWays(of: visitor, request)
        var field = ways.takesCodes ? Field.code(problem: problem) : nil
        field?.hasFocus = true
        return .needed(
            StepUpView(
                field: field, key: ways.key, keyProblem: keyProblem,
                providers: ways.providers.map {
                    .confirm($0, next: LocalPath("/confirm/done"), isPrimary: false, isElsewhere: true)
                }))
    }
}

extension CodeOutcome {
    /// Who `visitor` is from now on; nil unless it was right.
    fileprivate func visitor(_ visitor: Visitor) -> Visitor? {
        guard case .confirmed(let token, let session) = self else { return nil }
        return Visitor(token: token, session: session, account: visitor.account)
    }
}

/// With what somebody can show that it is them.
struct ConfirmationWays {
    let takesCodes: Bool
    let key: KeyView?
    let providers: [IdentityProvider]

    var isProvidersOnly: Bool { !takesCodes && key == nil }

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
        guard let site = site(of: request),
            let ceremony = try await access.keyConfirmation(in: visitor.session, at: site)
        else {
            return ConfirmationWays(
                takesCodes: ways.totpEnrolled != nil || providers.isEmpty, key: nil, providers: providers)
        }
        let kinds = Set(ways.keys.map(\.kind))
        let label =
            kinds == [.passkey] ? Texts.useYourPasskey : kinds == [.securityKey] ? Texts.useSecurityKey : Texts.useKey
        return ConfirmationWays(
            takesCodes: ways.totpEnrolled != nil, key: KeyView(using: ceremony, label: label, isPrimary: true),
            providers: providers)
    }
}
