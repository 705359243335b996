import Accounts
import HTTPTypes
import LatchkeyCore
import OIDCClient

/// Every sentence that the portal composes: the one place to translate, beside the templates, which hold what stands on a
/// page whatever happens. One English catalogue so far.
enum Texts {
    // MARK: Time

    static let justNow = "just now"
    static let soon = "within a minute"
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static func minutes(_ count: Int) -> String { count == 1 ? "1 minute" : "\(count) minutes" }
    static func hours(_ count: Int) -> String { count == 1 ? "1 hour" : "\(count) hours" }
    static func days(_ count: Int) -> String { count == 1 ? "1 day" : "\(count) days" }
    static func ago(_ span: String) -> String { "\(span) ago" }
    static func `in`(_ span: String) -> String { "in \(span)" }
    static func on(_ date: String) -> String { "on \(date)" }

    // MARK: Signing in

    static let loginLabel = "Login name"
    static let loginHint = "Usually your e-mail address"
    static let passwordLabel = "Password"
    static let codeLabel = "Code"
    static let codeHint = "Six digits, for example 123 456"
    static let recoveryCodeLabel = "Recovery code"

    static let signInRefused =
        "Login name and password do not fit together. Check both: the login name is usually your e-mail address, and the "
        + "password is the one for this portal, not an app password."
    static let loginMissing = "Type your login name."
    static let passwordMissing = "Type your password."
    static let codeMissing = "Type the code that your authenticator app shows."
    static let codeWrong =
        "This code does not fit. Wait for the next one and type it; if that fails too, check that the clock of your phone "
        + "is set automatically."
    static let codeUsed = "This code was used already. Wait for the next one, at most 30 seconds."
    static let mailedCodeLabel = "Code from the mail"
    static let mailedCodeHint = "Eight digits, for example 1234 5678"
    static let mailedCodeMissing = "Type the code that came by mail."
    static let mailedCodeWrong =
        "This code does not fit, or it is older than ten minutes. Check the digits, or get another code."
    static let mailedCodeUsed = "This code was used already. Get another one."
    static func mailCode(to address: String) -> String { "Mail a code to \(address)" }
    static func codeMailed(to address: String) -> String {
        "A code is on its way to \(address). It may take a minute; look among unwanted mail, too."
    }
    static func mailsThrottled(until moment: Moment) -> String {
        "Many codes were mailed already. Look for the latest one, or try again \(moment.words) (\(moment.exact))."
    }
    static let codeNotMailed =
        "The mail server did not take it just now. Try again in a minute, or use another way."
    static let noMailbox = "No codes can be mailed to you any more. Use another way, or ask your administrator."
    static let recoveryCodeMissing = "Type one of your recovery codes."
    static let recoveryCodeWrong = "This is none of your recovery codes. Check the letters, or use another one."
    static let recoveryCodeUsed = "This recovery code was used before. Each works once: take the next one."
    static func throttled(until moment: Moment) -> String {
        "Too many wrong tries. Wait, then try again \(moment.words) (\(moment.exact))."
    }

    // MARK: Setting up

    static let newPasswordLabel = "New password"
    static let choosePasswordLabel = "Choose a password"
    static let choosePasswordHint =
        "At least 8 characters. Several words that only you would put together are good and easy."
    static func advice(_ advice: PasswordAdvice) -> String {
        switch advice {
        case .refused(let text): text
        case .guessed(let seconds): guessed(after: seconds)
        }
    }
    private static func guessed(after seconds: Double) -> String {
        let month = 30 * 86_400.0
        let time =
            switch seconds {
            case ..<60: "less than a minute"
            case ..<3_600: minutes(Int(seconds / 60))
            case ..<86_400: hours(Int(seconds / 3_600))
            case ..<month: days(Int(seconds / 86_400))
            case ..<(12 * month): "\(Int(seconds / month) == 1 ? "1 month" : "\(Int(seconds / month)) months")"
            case ..<(1_200 * month):
                "\(Int(seconds / 12 / month) == 1 ? "1 year" : "\(Int(seconds / 12 / month)) years")"
            default: "centuries"
            }
        return "A guesser who has stolen our database would need \(time)."
            + (seconds < 12 * month ? " One more word makes it far longer." : "")
    }
    static let changePassword = (
        heading: "Change your password", lede: "The one you sign in with here. Your app passwords stay as they are.",
        action: "Change password"
    )
    static let addPasswordForm = (
        heading: addPassword,
        lede:
            "For devices that cannot sign in with a passkey alone. After the password comes a second step, an authenticator app for instance, so the password alone opens nothing.",
        action: addPassword
    )
    static let passwordNeedsPasskey =
        "A password stands beside a passkey, and you have none yet. Add a passkey first: you may not want a password then."
    static let currentPasswordLabel = "Current password"
    static let currentPasswordWrong = "This is not your current password."
    static let chooseLoginLabel = "Login name"
    static let chooseLoginHint = "Your e-mail address is the best choice"
    static let fullNameLabel = "Full name"
    static let setupTitle = "Set up your account"
    static let enrolHeading = "Set up your authenticator app"
    static let replaceHeading = "Change your authenticator app"

    // MARK: Passkeys and security keys

    static let passkey = "Passkey"
    static let securityKey = "Security key"
    static let usePasskey = "Sign in with a passkey"
    static let useYourPasskey = "Use your passkey"
    static let useKey = "Use your passkey or key"
    static let useSecurityKey = "Use your security key"
    static let keyNotUsed = "Nothing came back from your device. Try again, or use another way."
    static let keyNotCreated = "Your device did not finish. Nothing was added: try again."
    static let keyTaken = "This key is in use already. Take another one, or sign in with it."
    static let keyRefused = "This key does not fit, or it took too long. Try again."
    static let passkeyRefused =
        "This passkey does not open an account here, or it took too long. Try again, or sign in with your password."
    static let lastWay = "It is the only way you can sign in, so it has to stay. Add another way first."
    static let keySynced = "On all devices of the same password store, which keeps copies of it"
    static let keyOnOneDevice = "On this one device or key: add a second one, in case it gets lost"

    struct NewKey {
        let heading: String
        let lede: String
        let points: [String]
        let action: String
    }

    static func newKey(_ kind: WebAuthnCredential.Kind) -> NewKey {
        switch kind {
        case .passkey:
            NewKey(
                heading: "Add a passkey",
                lede: "Sign in with your fingerprint, face or screen lock, without a password.",
                points: [
                    "It works only on this site: a false page gets nothing from it.",
                    "Your fingerprint or face never leaves your device.",
                    "It lives on this computer or phone, in your password store, or on a security key.",
                ], action: "Create a passkey")
        case .securityKey:
            NewKey(
                heading: "Add a security key",
                lede: "A small key that you plug in or hold to your phone, as the second step after your password.",
                points: [
                    "It works only on this site: a false page gets nothing from it.",
                    "Have it at hand. Your browser asks you to touch it.",
                    "Add two, and keep one in a safe place.",
                ], action: "Add this security key")
        }
    }

    static let codesByMailHeading = "Codes by mail"
    static let changeMailboxHeading = "Change where codes go"
    static let mailboxLabel = "Private mail address"
    static let mailboxHint = "Of another provider than this one: who reads your mail here must not read the codes"
    static let mailboxMissing = "Type the address of a private mailbox."
    static let removeMailbox = Removal(
        heading: "Do without codes by mail", consequence: "No codes are mailed any more, and none counts.",
        action: "Switch off codes by mail")
    static let mailInstead = OtherWay(
        text: "No phone for an app?", href: "/codes-by-mail", action: "Get codes by mail instead", id: "codes-by-mail")
    static let authenticatorForMail = OtherWay(
        text: "Safer, and quicker to use:", href: "/authenticator", action: "An authenticator app instead")
    static let mailFirstCode = "Mail a code there"
    static let confirmMailbox = "Confirm"
    static let codesByMailOff = "Switched off by your administrator"
    static let authenticatorApp = "Authenticator app"
    static let anotherAuthenticator = OtherWay(
        text: "A new phone?", href: "/authenticator", action: "Set up another app in its place", id: "another")
    static let passkeyInstead = OtherWay(
        text: "Signing in with your fingerprint or face is quicker.", href: "/passkeys/new",
        action: "Use a passkey instead")
    static let authenticatorInstead = OtherWay(
        text: "No passkey on this device?", href: "/authenticator", action: "Use an authenticator app instead")

    struct SecondStep {
        let heading: String
        let lede: String
    }

    /// `first` is what was shown already; `hasOthers` is false where only an identity provider can follow.
    static func secondStep(
        login: String, takesCodes: Bool, takesKeys: Bool, first: SignInMethod?, hasOthers: Bool
    ) -> SecondStep {
        let done = first == .sso ? "Your sign-in was right." : "Your password was right."
        guard hasOthers else {
            return SecondStep(heading: "One more step", lede: "\(done) One more step for \(login).")
        }
        return switch (takesCodes, takesKeys) {
        case (true, false):
            SecondStep(
                heading: "Enter your code", lede: "Open your authenticator app and type the code it shows for \(login)."
            )
        case (false, false):
            SecondStep(
                heading: "One more step", lede: "\(done) The second step for \(login) is a code that we mail you.")
        case (false, true):
            SecondStep(heading: "Use your key", lede: "\(done) One more step for \(login).")
        case (true, true):
            SecondStep(
                heading: "One more step",
                lede:
                    "\(done) Use your key, or the code that your authenticator app shows for \(login)."
            )
        }
    }

    // MARK: Identity providers

    static func continueWith(_ title: String) -> String { "Continue with \(title)" }
    static func confirmWith(_ title: String) -> String { "Confirm with \(title)" }
    static func connect(_ title: String) -> String { "Connect \(title)" }
    static func tryAgain(_ title: String) -> String { "Try again with \(title)" }
    static let toSignIn = "Sign in another way"
    static let toSecurityInfo = "Back to security info"
    static let confirmOtherwise = "Confirm in another way"

    static func confirmHeading(mustEnrol: Bool) -> String {
        mustEnrol ? "Add a way to confirm that it is you" : "Confirm that it is you"
    }
    static let connected = "Connected "

    static func standing(_ standing: LinkedIdentity.Standing) -> String {
        switch standing {
        case .alone: "Signs you in"
        case .firstFactor: "Signs you in, together with a second step if it did not ask for one itself"
        case .useless: "No longer in use here"
        }
    }

    static func removeIdentity(_ title: String) -> Removal {
        Removal(
            heading: "Disconnect it", consequence: "You then no longer sign in here with \(title).",
            action: "Disconnect \(title)")
    }

    static func signOnRefused(
        _ refusal: SignOnRefusal, title: String, isSignedIn: Bool
    ) -> (heading: String, explanation: String) {
        let heading = isSignedIn ? "Nothing came of that" : "You are not signed in"
        let explanation =
            switch refusal {
            case .provider(let error): error.explanation
            case .noAccount:
                "Your sign-in at \(title) does not open an account here. Sign in another way, or ask your administrator for an account."
            case .loginTaken(let login):
                "There is an account \(login) here already, and it is not connected with \(title). Sign in with your password or passkey first, then connect \(title) under Security info."
            case .singleFactor:
                "\(title) did not ask you for a second factor, and this portal needs one. Turn on two-step verification at \(title), then try again."
            case .untold:
                "\(title) did not say when you signed in there, so it cannot confirm that it is you. Use your passkey, security key or authenticator app of this portal instead."
            case .otherPerson:
                "You signed in at \(title) as somebody else than the person who is connected here. Sign out there, then try again as yourself."
            case .taken:
                "The person who signed in at \(title) belongs to another account here. Sign out there, then try again as yourself."
            case .tooMany:
                "You are connected with \(LinkedIdentity.maximumCount) already. Disconnect one that you no longer use."
            case .sessionOver: "You were signed out here in the meantime. Sign in, then try again."
            }
        return (heading, explanation)
    }

    struct Removal {
        let heading: String
        let consequence: String
        let action: String
    }

    static func removeKey(_ name: String) -> Removal {
        Removal(
            heading: "Remove it", consequence: "“\(name)” then opens nothing here any more.", action: "Remove \(name)")
    }
    static let removeAuthenticator = Removal(
        heading: "Do without it", consequence: "The codes of the app then count no more.",
        action: "Remove authenticator app")
    static let removePassword = Removal(
        heading: "Do without a password",
        consequence:
            "You then sign in with your passkeys alone: nobody can guess or steal a password that is not there.",
        action: "Remove password")

    // MARK: Notices

    static func notice(_ event: Notice.Event, appPassword: String?) -> String {
        switch event {
        case .revoked:
            appPassword.map { "“\($0)” is revoked. From now on it opens nothing." } ?? "The app password is revoked."
        case .networkApproved:
            "From now on \(appPassword.map { "“\($0)”" } ?? "the app password") may be used from there. The app gets in with its next try."
        case .networkDenied:
            "Nothing gets in from there. But whoever tried had this password: revoke it, and make a new one for your app."
        case .passwordChanged: "Your password is changed."
        case .passwordAdded:
            "Your password is ready. After it comes a second step: your passkey, or a security key or authenticator app if you add one."
        case .passwordRemoved: "Your password is removed. You sign in with a passkey from now on."
        case .mailboxEnrolled: "From now on codes can be mailed there."
        case .mailboxRemoved: "No codes are mailed any more."
        case .authenticatorRemoved: "The codes of your authenticator app no longer count."
        case .passkeyAdded: "Your passkey is ready: sign in with it next time."
        case .securityKeyAdded: "Your security key is ready: it is asked for after your password."
        case .keyRenamed: "The new name is kept."
        case .keyRemoved: "It is removed and opens nothing here any more."
        case .authenticatorReplaced: "From now on the codes of the new app count."
        case .identityLinked: "It is connected: sign in with it next time."
        case .identityUnlinked: "It is disconnected, and no longer signs you in here."
        case .formKept: "You are confirmed, and the form is as you sent it. Look it over, and send it again."
        case .formGone: "You are confirmed, but the form was not kept any longer. Please fill it in again."
        case .sessionEnded: "That browser is signed out."
        case .sessionsEnded: "You are signed out everywhere else."
        case .signedOut: "You are signed out."
        case .alertsChanged: "Your choice is kept. A mail tells you that it was changed."
        }
    }

    // MARK: Home

    static let recoveryCodeLastUsed = " · last used "
    static func recoveryCodesLeft(_ count: Int) -> String {
        switch count {
        case 0: "None left"
        case 1: "1 left"
        default: "\(count) left"
        }
    }
    static let noRecoveryCodes = "You have no recovery codes. Without one, a lost phone locks you out."
    static let fewRecoveryCodes = "Few recovery codes are left. Without one, a lost phone locks you out."
    static func ended(_ count: Int) -> String {
        count == 1 ? "1 that no longer works" : "\(count) that no longer work"
    }

    static let addPasskeyAdvice = "A passkey is quicker than your password, and nobody can steal it from you."
    static let addPasskey = "Add a passkey"
    static let addPassword = "Add a password"
    static let addSecurityKey = "Add a security key"
    static let addCodesByMail = "Add codes by mail"
    static let addAuthenticator = "Add an authenticator app"
    static let manage = "Manage"
    static func manage(_ name: String) -> String { "Manage \(name)" }
    static let added = "Added "
    static let changed = "Changed "
    static let change = "Change"
    static let setUp = "Set up "
    static let lastUsed = "Last used "
    static let newCodes = "New codes"
    static let show = "Show"
    static func browsers(_ count: Int) -> String { count == 1 ? "This browser only" : "\(count) browsers" }

    // MARK: App passwords

    static func applicationExamples(_ id: String) -> String {
        switch id {
        case "email-client": "Thunderbird, Outlook, Apple Mail"
        case "mobile-device": "Mail, calendar and contacts on iPhone or Android"
        case "printer-scanner": "Scan to mail from the office device"
        case "calendar": "Only appointments and addresses"
        case "files": "Files, notes and backups over WebDAV"
        case "vpn-wifi": "Network access"
        case "script": "Monitoring, cron jobs, web applications"
        default: "Choose yourself what it may do"
        }
    }

    /// What the field for a name begins with.
    static func suggestedName(_ application: Application) -> String {
        switch application.id {
        case "email-client": "Mail program on my computer"
        case "mobile-device": "My phone"
        case "printer-scanner": "Office scanner"
        case "calendar": "Calendar on my computer"
        case "files": "Backup of my computer"
        case "vpn-wifi": "VPN on my laptop"
        case "script": "Script"
        default: ""
        }
    }

    static let nameLabel = "Name"
    static let nameHint = "So that you know later which device to look for"
    static let ownServicesLabel = "Other services"
    static let ownServicesHint = "Names that your administrator gave you, for example http:wiki, with blanks between"
    static let formStale = "This form had been open for long. Nothing was created yet: look it over and send it again."
    static let formatStandard = "25 letters (best)"
    static let formatCompact = "16 letters, for devices with a short password field"
    static let formatToken = "Token with lk_, for scripts"
    static let lifetimeNever = "When I revoke it"
    static func lifetime(_ span: String) -> String { "After \(span)" }
    static let anywhere = "Anywhere"
    static func stops(_ date: String) -> String { "On \(date)" }
    static let stopsNever = "When you revoke it"

    static func from(_ address: String?, client: String?) -> String {
        (address.map { " from \($0)" } ?? "") + (client.map { " by \($0)" } ?? "")
    }

    static let chipRetiring = "Being replaced"
    static let chipExpired = "Expired"
    static let chipRevoked = "Revoked"
    static func chipExpires(_ words: String) -> String { "Expires \(words)" }

    /// What whoever has the secret can do, as far as it concerns most.
    static func danger(_ services: Set<Service>) -> String {
        if !services.isDisjoint(with: [.imap, .pop3]) { return "Whoever has this text reads your mail." }
        if services.contains(.smtp) { return "Whoever has this text sends mail in your name." }
        return "Whoever has this text gets in as you."
    }
    static func overlap(name: String) -> String {
        "The old secret of \(name) works on until this one is first used, or for 7 days."
    }
    static func retiring(until date: String) -> String {
        "It is being replaced: it works until its replacement is first used, at most until \(date)."
    }
    static func revoked(on date: String) -> String { "It was revoked on \(date)." }
    static func replaced(on date: String) -> String { "It was replaced on \(date)." }
    static func expired(on date: String) -> String { "It expired on \(date)." }

    static func revokeConsequence(name: String, client: String?) -> String {
        "“\(name)” stops working at once: \(client.map { "\($0)" } ?? "the app that uses it") can no longer sign in."
    }

    // MARK: The live panel

    static let liveWaiting = "Waiting for the first sign-in…"
    static let liveWaitingSentence = "Type the user name and the password into the app. This changes when it signs in."
    static let liveDone = "It works"
    static func liveDoneSentence(client: String?, services: String, address: String?) -> String {
        "\(client ?? "The app") signed in to “\(services)”\(address.map { " from \($0)" } ?? ""). You’re done."
    }
    static let liveProblem = "Not yet"
    static let liveStillWaiting = "Still waiting for a good one."
    static func liveEnterThis(client: String?) -> String {
        "Enter the new app password in \(client ?? "the app"), and no other one."
    }
    static func liveUserName(_ login: LoginName) -> String { " Use \(login) as the user name." }

    // MARK: Was it you?

    static func questionSentence(_ waiting: WaitingNetwork, name: String) -> String {
        let place = waiting.address.map { "from \($0)" } ?? "from an address that we were not told"
        let purpose = waiting.service.map { " for “\($0.title)”" } ?? ""
        return
            "\(waiting.client ?? "An app") had the right password of “\(name)” and tried\(purpose) \(place). It waits for your answer."
    }
    static let liveQuestion = "Was it you?"
    static func liveQuestionSentence(client: String?, address: String?) -> String {
        "\(client ?? "An app") signed in from \(address ?? "an address that we were not told"), a network we don’t know yet."
    }
    static let liveApproved = "Approved"
    static func liveApprovedSentence(client: String?) -> String {
        "\(client ?? "The app") gets in with its next try. Most try again by themselves within minutes."
    }

    // MARK: Activity

    static let portalGroup = "Your account"
    static let untiedGroup = "Without a known app password"
    static let deletedGroup = "A removed app password"
    static let outcomeGood = "Worked"
    static let outcomeBad = "Problem"
    static let emptyActivity = (title: "Nothing yet", text: "As soon as an app signs in, or fails to, it stands here.")
    static let emptyProblems = (title: "No problems", text: "Nothing has failed in the time shown.")
    static func times(_ count: Int) -> String { " · \(count) times in a row" }
    static let byOther = " by an administrator or the helpdesk"

    /// `appPassword` is the name of the one that the event is about, as far as it is known.
    static func portalEvent(_ event: AuditEvent, appPassword: String?) -> String {
        let name = (appPassword ?? event.detail).map { " “\($0)”" } ?? ""
        let failed = event.refusal != nil
        return switch event.action {
        case .appPasswordCreated: "App password\(name) was created"
        case .appPasswordRotated: "App password\(name) got a new secret"
        case .appPasswordRevoked:
            event.actor == .system
                ? "The old secret of\(name) ended, because its new one was used"
                : "App password\(name) was revoked" + (event.actor == .link ? " by the link in a mail" : "")
        case .appPasswordChanged: "App password\(name) was changed"
        case .networkApproved: "App password\(appPassword.map { " “\($0)”" } ?? "") may be used from \(network(event))"
        case .networkDenied:
            "App password\(appPassword.map { " “\($0)”" } ?? "") may not be used from \(network(event))"
        case .accountCreated: "Your account was made"
        case .accountChanged: "Your account was changed"
        case .accountDisabled: "Your account was disabled"
        case .accountEnabled: "Your account was enabled again"
        case .portalSignIn: "You signed in to this portal"
        case .portalSignInFailed: "A sign-in to this portal failed"
        case .portalSignOut: "You signed out of this portal"
        case .portalStepUp: failed ? "A wrong code was typed" : "You confirmed that it is you"
        case .setupLinkIssued: "A setup link was made for you"
        case .setupLinkUsed: "Your setup link was used"
        case .portalPasswordSet: "Your portal password was set"
        case .portalPasswordAdded: "A portal password was added"
        case .totpEnrolled: "An authenticator app was set up"
        case .totpRemoved: "An authenticator app was removed"
        case .totpRenamed: "The authenticator app was renamed to\(name)"
        case .mailboxEnrolled: "Codes by mail were set up\(event.detail.map { " for \($0)" } ?? "")"
        case .mailboxRemoved: "Codes by mail were switched off"
        case .mailedCodeAsked: "A code was asked for by mail\(event.detail.map { " to \($0)" } ?? "")"
        case .passkeyAdded: "The passkey\(name) was added"
        case .passkeyRemoved: "The passkey\(name) was removed"
        case .securityKeyAdded: "The security key\(name) was added"
        case .securityKeyRemoved: "The security key\(name) was removed"
        case .keyRenamed: "A passkey or security key was renamed to\(name)"
        case .keyCopySuspected: "The key\(name) was not let in, as there may be a copy of it"
        case .portalPasswordRemoved: "Your portal password was removed"
        case .recoveryCodesRemoved: "Your recovery codes were removed"
        case .recoveryCodesIssued: "New recovery codes were made"
        case .recoveryCodeUsed: "A recovery code was used"
        case .groupMemberAdded: "You were put into the group \(event.detail ?? "")"
        case .groupMemberRemoved: "You were taken out of the group \(event.detail ?? "")"
        case .identityLinked: "A sign-in was connected\(event.detail.map { ": \($0)" } ?? "")"
        case .identityUnlinked: "A sign-in was disconnected\(event.detail.map { ": \($0)" } ?? "")"
        case .sessionsEnded: "Browsers were signed out"
        case .alertsChanged: "Your alerts were changed"
        default: event.action.rawValue
        }
    }

    private static func network(_ event: AuditEvent) -> String {
        event.detail.flatMap { ClientNetwork($0) }?.network?.description ?? "unknown addresses"
    }

    // MARK: Alerts

    static func alertsGo(to address: String) -> String { "They go to \(address)." }
    static func alertsGoToAdministrator(_ login: String) -> String {
        "\(login) is no mail address, so they go to your administrator."
    }
    static func alertsGoNowhere(_ login: String) -> String {
        "\(login) is no mail address, so nobody gets them. Your administrator can give an address that does (mail.admin)."
    }
    static let alertsAreNotSent =
        "Mail is not set up here yet, so nobody gets them. Your administrator can change that (mail.server); what you choose here is kept until then."

    static func alertHint(_ kind: AlertKind) -> String {
        switch kind {
        case .appPasswordEnded: "By you, by an administrator, or by the link in a mail"
        case .appPasswordFirstUsed: "So you know that the app is set up, and that nobody was faster"
        case .appPasswordNewNetwork: "A phone on the move makes many of these"
        case .approvalAsked: "Where your organisation has set that up"
        case .appPasswordExpiring: "14 and 3 days before"
        case .endedSecretTried: "Once a day for each, with the device’s address"
        case .wrongGuesses: "From 20 within a day, once a day"
        case .newBrowser: "Not for those that you have used before"
        default: ""
        }
    }

    // MARK: Sessions

    static func signedInWith(_ methods: [SignInMethod]) -> String? {
        let words = methods.map { method in
            switch method {
            case .password: "password"
            case .oneTimeCode: "code"
            case .recoveryCode: "recovery code"
            case .mailedCode: "code by mail"
            case .passkey: "passkey"
            case .securityKey: "security key"
            case .setupLink: "setup link"
            case .sso, .ssoMultiFactor: "single sign-on"
            }
        }
        return words.isEmpty ? nil : "With " + words.joined(separator: " and ") + " · "
    }
    static func place(_ address: String) -> String { "\(address) · " }
    static let unknownBrowser = "A browser"

    // MARK: Helpdesk and recovery

    static let helpdeskLoginLabel = "Who needs help?"
    static let helpdeskLoginHint = "The whole login name or alias, for example alice@example.com"
    static let helpdeskNobody =
        "Nobody has exactly this name. Check the spelling, and ask for their full e-mail address."
    static let recoveryLinkTitle = "Recovery link"
    static let recoveredTitle = "You are back in"
    static func ways(_ ways: WaysToSignIn) -> [String] {
        [
            ways.passwordSet == nil ? nil : "Password",
            ways.totpEnrolled == nil ? nil : authenticatorApp + (ways.totpName.map { " “\($0)”" } ?? ""),
            ways.mailbox.map { "Codes by mail to \($0.masked)" + ($0.isUsable ? "" : ", switched off") },
            ways.recoveryCodesLeft > 0 ? "Recovery codes, \(ways.recoveryCodesLeft) left" : nil,
        ].compactMap(\.self)
            + ways.keys.map { $0.kind == .passkey ? "Passkey “\($0.name)”" : "Security key “\($0.name)”" }
    }
    static func objection(_ objection: Helpdesk.Objection) -> String {
        switch objection {
        case .oneself: "This is you. Nobody recovers themselves: ask a colleague."
        case .privileged:
            "This account has a role of its own, so no link for it is made here. An administrator helps the helpdesk; for an administrator it takes somebody at the server’s command line."
        case .disabled: "This account is disabled. Ask an administrator whether it should be enabled again."
        }
    }
    /// What a link took away, by its event.
    static func removed(_ event: AuditEvent) -> String {
        let count = event.detail.flatMap { Int($0.prefix(while: \.isNumber)) } ?? 0
        return switch event.action {
        case .mailboxRemoved: "Codes by mail: none are sent any more."
        case .totpRemoved: "The authenticator app you had: its codes open nothing any more."
        case .passkeyRemoved: "A passkey you had: it opens nothing here any more."
        case .securityKeyRemoved: "A security key you had: it opens nothing here any more."
        case .recoveryCodesRemoved: "\(count == 1 ? "One old recovery code" : "\(count) old recovery codes")."
        case .sessionsEnded:
            "\(count == 1 ? "One browser that was" : "\(count) browsers that were") signed in: now signed out."
        default: portalEvent(event, appPassword: nil) + "."
        }
    }

    // MARK: Errors

    static func error(_ status: HTTPResponse.Status) -> (heading: String, explanation: String) {
        switch status.code {
        case 403:
            (
                "That came from somewhere else",
                "The form was not sent by this portal’s own page, so nothing was done. Open the page here and try again. "
                    + "If this keeps happening, the portal is reached under another address than the one it was set up with."
            )
        case 404:
            ("There is nothing here", "The address may be mistyped, or what it showed is gone or not yours.")
        case 405: ("That does not work here", "This page cannot be asked in that way. Go back and use its buttons.")
        case 413: ("That was too much", "One of the fields is far too long. Go back and shorten it.")
        case 429: ("Many are signing in just now", "Wait some seconds, go back and try again.")
        case 503:
            (
                "Not available just now",
                "Latchkey cannot reach its database. Your app passwords are not lost. Try again in a minute; if it lasts, "
                    + "tell your administrator."
            )
        case 400..<500: ("That was not understood", "The browser sent something unexpected. Go back and try again.")
        default:
            (
                "Something broke on our side",
                "Nothing that you did caused it. Try again in a minute; if it lasts, tell your administrator the time it happened."
            )
        }
    }
}
