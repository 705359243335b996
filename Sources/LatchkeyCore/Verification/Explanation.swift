/// A sign-in in plain words, for its owner and for whoever helps them: what happened, and what to do about it.
public struct Explanation: Hashable, Sendable {
    /// What happened, as one sentence. Time and address stand beside it, not in it, unless the address is the reason.
    public let sentence: String
    /// What to do, as one or two sentences; nil where there is nothing to do.
    public let remedy: String?

    /// `account` is nil for a name that nobody has; `appPassword` is the one that was used, or nil if none was recognised.
    public init(of signIn: SignIn, account: Account?, appPassword: AppPassword?) {
        let words = Words(signIn, account, appPassword)
        sentence = words.sentence
        remedy = words.remedy
    }
}

private struct Words {
    let signIn: SignIn
    let account: Account?
    let appPassword: AppPassword?

    init(_ signIn: SignIn, _ account: Account?, _ appPassword: AppPassword?) {
        self.signIn = signIn
        self.account = account
        self.appPassword = appPassword
    }

    var sentence: String {
        guard let refusal = signIn.refusal else { return "\(client) signed in\(purpose)\(spelling) with \(key)." }
        let tried = "\(client) tried to sign in\(purpose)\(spelling)"
        return switch refusal {
        case .malformed: "\(tried), but the name, the password or the service was missing or too long."
        case .mistyped: "\(tried) with a mistyped app password."
        case .unknown where account == nil: "\(tried), but nobody has this name."
        case .unknown: "\(tried) with a password that is none of this account's app passwords."
        case .revoked: "\(tried) with \(key), which was \(isReplaced ? "replaced by a new one" : "revoked")\(endDay)."
        case .expired: "\(tried) with \(key), which expired\(day(appPassword?.expires))."
        case .serviceNotAllowed: "\(tried) with \(key), which may not be used for that."
        case .networkNotAllowed where isDenied:
            "\(tried) with \(key)\(origin), a network that was answered with “No, that wasn’t me”."
        case .networkNotAllowed: "\(tried) with \(key)\(origin), where it may not be used."
        case .accountDisabled: "\(tried), but the account is disabled."
        case .portalPasswordUsed: "\(tried) with the password of the portal."
        case .throttled: "\(tried) with a wrong password again, after many others."
        case .policy: "\(tried), which a rule of the organisation does not allow."
        case .awaitingApproval: "\(tried) with \(key)\(origin), a network it was never used from. It waits for a yes."
        case .unavailable: "\(tried), but Latchkey could not answer."
        }
    }

    var remedy: String? {
        switch signIn.refusal {
        case nil: nil
        case .malformed:
            "Check that \(theClient) has the user name\(login) and an app password. If it has, the mail or web server's settings for Latchkey are wrong."
        case .mistyped:
            "Type it again, letter by letter: capitals, blanks and dashes make no difference. If it is lost, create a new app password."
        case .unknown where account == nil:
            "Correct the user name in \(theClient), or ask an administrator to add this name to an account."
        case .unknown: "Create an app password for \(theClient) and enter it there."
        case .revoked where isReplaced: "Enter the new app password in \(theClient)."
        case .revoked:
            "If the device is yours, create a new app password for it. Otherwise nothing is left to do: it got no access."
        case .expired: "Create a new app password and enter it in \(theClient)."
        case .serviceNotAllowed:
            "\(allowance(appPassword?.services.sorted().map(\.phrase)))Create an app password that includes \(quotedService)."
        case .networkNotAllowed where isDenied:
            "Revoke \(key) if that has not been done: whoever tried had its secret. If it was you after all, ask an administrator to approve that network."
        case .networkNotAllowed:
            "\(allowance(appPassword?.networks.map { "use in \($0)" }))Use it there, or create an app password for \(theClient) without that limit."
        case .accountDisabled: "Ask an administrator to enable the account."
        case .portalPasswordUsed: "It works in the portal only. Create an app password for \(theClient) and enter that."
        case .throttled:
            "App passwords that are right keep working. If \(theClient)\(origin) is yours, enter an app password there; otherwise somebody is guessing, and got no access."
        case .policy: "Ask an administrator what is allowed."
        case .awaitingApproval:
            "If it was you, say so under Security info in the portal: \(theClient) gets in with its next try. If not, revoke the app password."
        case .unavailable: "Nothing: \(theClient) will try again. If it goes on, tell an administrator."
        }
    }

    private var client: String { signIn.client ?? "An app" }
    private var theClient: String { signIn.client ?? "the app" }
    private var key: String { appPassword.map { "“\($0.name)”" } ?? "an app password" }
    private var login: String { account.map { " \($0.login)" } ?? "" }
    private var origin: String { signIn.address.map { " from \($0)" } ?? " from an unknown address" }
    private var purpose: String { signIn.service.map { " for \($0.phrase)" } ?? "" }
    private var quotedService: String { signIn.service.map { "“\($0.title)”" } ?? "that service" }
    /// Without a limit of its own only its owner's word keeps it out of a network.
    private var isDenied: Bool { appPassword.map { $0.networks.isEmpty } ?? false }
    private var isReplaced: Bool { appPassword?.end?.cause == .rotated }
    private var endDay: String { day(appPassword?.end?.time) }

    /// How the name was written, if not as the account's login name.
    private var spelling: String { signIn.triedName.map { " as “\($0)”" } ?? "" }

    /// The day in UTC.
    private func day(_ moment: Timestamp?) -> String { moment.map { " on \($0.description.prefix(10))" } ?? "" }

    /// "It is for reading mail and sending mail. ", or nothing if that is not known.
    private func allowance(_ allowed: [String]?) -> String {
        guard let allowed, let last = allowed.last else { return "" }
        return "It is for \((allowed.count > 1 ? allowed.dropLast().joined(separator: ", ") + " and " : "") + last). "
    }
}

extension Service {
    /// What a person does with it, within a sentence: "signed in for reading mail".
    fileprivate var phrase: String {
        switch self {
        case .imap: "reading mail"
        case .pop3: "collecting mail (POP3)"
        case .smtp: "sending mail"
        case .sieve: "mail filters"
        case .caldav: "the calendar"
        case .carddav: "contacts"
        case .webdav: "files"
        case .http: "a website"
        case .ldap: "the directory"
        case .vpn: "the VPN"
        case .wifi: "Wi-Fi"
        case .xmpp: "chat"
        default: name
        }
    }
}
