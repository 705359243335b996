import LatchkeyCore

/// What the live panel knows: whether a new app password has been used, and what went wrong if not. A pure value: sign-ins
/// go in, the panel comes out.
struct FirstSignIn: Sendable {
    private let appPassword: AppPassword
    private let account: Account
    private var services: Set<Service> = []
    private var accepted: SignIn?
    private var problem: SignIn?
    /// The one that waited for the owner's yes, once they have given it.
    private var approved: SignIn?

    init(_ appPassword: AppPassword, of account: Account) {
        self.appPassword = appPassword
        self.account = account
    }

    /// Takes a sign-in into account, if it concerns this app password. In the order they happened.
    mutating func observe(_ signIn: SignIn) {
        guard signIn.account == account.id, signIn.time >= appPassword.created else { return }
        if signIn.appPassword == appPassword.id {
            guard signIn.refusal == nil else {
                problem = signIn
                return
            }
            if let service = signIn.service { services.insert(service) }
            accepted = signIn
            problem = nil
            approved = nil
        } else if signIn.appPassword == nil, signIn.refusal != nil, accepted == nil {
            // Not tied to any app password: mistyped, the portal's own password, a secret of something else.
            problem = signIn
        }
    }

    /// Takes the owner's yes to a network into account.
    mutating func observeApproval(_ event: AuditEvent) {
        guard event.action == .networkApproved, event.appPassword == appPassword.id, let waiting = problem,
            waiting.refusal == .awaitingApproval,
            event.detail == ClientNetwork(of: waiting.address).description
        else { return }
        approved = waiting
        problem = nil
    }

    func view(_ renderer: Renderer) -> LiveView {
        let icons = renderer.assets.icons.url
        if let problem, problem.refusal == .awaitingApproval {
            return LiveView(
                tone: "bad", icon: "alert", iconsURL: icons, heading: Texts.liveQuestion,
                sentence: Texts.liveQuestionSentence(client: problem.client, address: problem.address?.description),
                remedy: nil,
                question: .init(
                    action: "\(appPassword.path)/approve", network: ClientNetwork(of: problem.address).description))
        }
        if let problem {
            let explanation = Explanation(of: problem, account: account, appPassword: appPassword)
            return LiveView(
                tone: "bad", icon: "alert", iconsURL: icons, heading: Texts.liveProblem,
                sentence: explanation.sentence, remedy: remedy(for: problem, else: explanation.remedy))
        }
        if let accepted {
            return LiveView(
                tone: "good", icon: "check", iconsURL: icons, heading: Texts.liveDone,
                sentence: Texts.liveDoneSentence(
                    client: accepted.client, services: services.titles, address: accepted.address?.description),
                remedy: nil)
        }
        if let approved {
            return LiveView(
                tone: "waiting", icon: nil, iconsURL: icons, heading: Texts.liveApproved,
                sentence: Texts.liveApprovedSentence(client: approved.client), remedy: nil)
        }
        return LiveView(
            tone: "waiting", icon: nil, iconsURL: icons, heading: Texts.liveWaiting,
            sentence: Texts.liveWaitingSentence, remedy: nil)
    }

    /// The right app password is at hand already: nobody has to create another one.
    private func remedy(for problem: SignIn, else usual: String?) -> String {
        let enter =
            switch problem.refusal {
            case .unknown, .portalPasswordUsed: Texts.liveEnterThis(client: problem.client)
            default: usual ?? Texts.liveStillWaiting
            }
        return enter + (problem.triedName == nil ? "" : Texts.liveUserName(account.login))
    }
}

struct LiveView: View {
    static let template = Template.live
    /// A class of the style sheet: waiting, good or bad.
    let tone: String
    let icon: String?
    let iconsURL: String
    let heading: String
    let sentence: String
    let remedy: String?
    var question: Question?

    /// The form for “Was it you?”.
    struct Question: Sendable {
        let action: String
        let network: String
    }
}
