import Accounts
import LatchkeyCore
import OIDCClient

/// The ways to sign in: passkeys, security keys, codes, identity providers.
extension Texts {
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

    /// `first` is what was shown already; `isElsewhereOnly` where only an identity provider can follow, `isNothing` where only a recovery code can.
    static func secondStep(
        login: String, takesCodes: Bool, takesKeys: Bool, first: SignInMethod?, isElsewhereOnly: Bool,
        isNothing: Bool
    ) -> SecondStep {
        let done = first == .sso ? "Your sign-in was right." : "Your password was right."
        guard !isNothing else {
            return SecondStep(
                heading: "One more step",
                lede: "\(done) But the second step that you set up cannot be used here any more.")
        }
        guard !isElsewhereOnly else {
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

    static func confirmHeading(mustEnrol: Bool, isNothing: Bool) -> String {
        if isNothing { return "Nothing to confirm with" }
        return mustEnrol ? "Add a way to confirm that it is you" : "Confirm that it is you"
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
}
