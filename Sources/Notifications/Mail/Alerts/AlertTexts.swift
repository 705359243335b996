import LatchkeyCore

/// Every sentence of the mails: the one place to translate.
enum AlertTexts {
    // MARK: What happened

    /// An administrator who is told in the owner's place sees whose it is.
    static func subject(_ alert: Alert) -> String {
        (alert.isForOwner ? "" : "\(alert.login): ") + headline(alert)
    }

    private static func headline(_ alert: Alert) -> String {
        let name = quoted(alert.name)
        return switch (alert.kind, alert.action) {
        case (.methodAdded, .portalPasswordAdded): "A portal password was added"
        case (.methodAdded, .totpEnrolled): "An authenticator app was set up"
        case (.methodAdded, .mailboxEnrolled): "Codes by mail were set up"
        case (.methodAdded, .passkeyAdded): "Passkey\(name) was added"
        case (.methodAdded, .securityKeyAdded): "Security key\(name) was added"
        case (.methodAdded, .identityLinked): "A single sign-on was connected"
        case (.methodAdded, _): "A way to sign in was added"
        case (.methodRemoved, .totpRemoved): "An authenticator app was removed"
        case (.methodRemoved, .mailboxRemoved): "Codes by mail were switched off"
        case (.methodRemoved, .passkeyRemoved): "Passkey\(name) was removed"
        case (.methodRemoved, .securityKeyRemoved): "Security key\(name) was removed"
        case (.methodRemoved, .recoveryCodesRemoved): "Your recovery codes were removed"
        case (.methodRemoved, .portalPasswordRemoved): "Your portal password was removed"
        case (.methodRemoved, .identityUnlinked): "A single sign-on was disconnected"
        case (.methodRemoved, _): "A way to sign in was removed"
        case (.accountOpened, _): "An account was made for you"
        case (.keyCopySuspected, _): "There may be a copy of your key\(name)"
        case (.passwordChanged, _): "Your portal password was changed"
        case (.recoveryLinkIssued, _): "A set-up link was made for your account"
        case (.recoveryUsed, .recoveryCodeUsed): "A recovery code was used"
        case (.recoveryUsed, _): "A set-up link was used for your account"
        case (.recoveryCodesRenewed, _): "New recovery codes were made"
        case (.appPasswordCreated, .appPasswordRotated): "App password\(name) got a new secret"
        case (.appPasswordCreated, _): "App password\(name) was created"
        case (.alertsChanged, _): "Your alerts were changed"
        case (.appPasswordEnded, .appPasswordChanged): "App password\(name) was changed"
        case (.appPasswordEnded, _): "App password\(name) was revoked"
        case (.appPasswordFirstUsed, _): "App password\(name) was used for the first time"
        case (.appPasswordNewNetwork, _): "App password\(name) was used from a new network"
        case (.approvalAsked, _): "App password\(name) waits for your yes"
        case (.appPasswordExpiring, _): "App password\(name) expires soon"
        case (.endedSecretTried, _): "A device still tries app password\(name)"
        case (.wrongGuesses, _): "Many wrong passwords were tried with your name"
        case (.newBrowser, _): "You signed in from a new browser or network"
        }
    }

    /// One sentence with what the subject leaves open.
    static func sentence(_ alert: Alert, ends: String?) -> String {
        let account = "\(alert.isForOwner ? "your" : "the") account \(alert.login)"
        return switch (alert.kind, alert.action) {
        case (.methodAdded, .portalPasswordAdded):
            "From now on a password, chosen just then, signs in to \(account), with a second step after it."
        case (.methodAdded, .totpEnrolled):
            "From now on the codes of an authenticator app, set up just then, sign in to \(account)."
        case (.methodAdded, .mailboxEnrolled):
            "From now on codes that are mailed to a private mailbox sign in to \(account), after the password."
        case (.methodAdded, .passkeyAdded):
            "From now on whoever has the device that it is on, and can unlock it, signs in to \(account)."
        case (.methodAdded, .securityKeyAdded):
            "From now on this security key signs in to \(account), after the password."
        case (.methodAdded, .identityLinked): "From now on an identity provider signs in to \(account)."
        case (.methodAdded, _): "There is a new way to sign in to \(account)."
        case (.methodRemoved, .mailboxRemoved): "Codes by mail no longer sign in to \(account)."
        case (.methodRemoved, .totpRemoved): "The codes of an authenticator app no longer sign in to \(account)."
        case (.methodRemoved, .passkeyRemoved): "This passkey no longer signs in to \(account)."
        case (.methodRemoved, .securityKeyRemoved): "This security key no longer signs in to \(account)."
        case (.methodRemoved, .portalPasswordRemoved): "No password signs in to \(account) any more."
        case (.methodRemoved, .identityUnlinked): "An identity provider no longer signs in to \(account)."
        case (.methodRemoved, _): "There is one way less to sign in to \(account)."
        case (.keyCopySuspected, _):
            "Keys count how often they are used. This one came with a count of before, as a copy would, and was not let in to \(account)."
        case (.accountOpened, _):
            "Somebody signed in through an identity provider as \(alert.login) for the first time, and got this account."
        case (.passwordChanged, _): "The password that signs in to the portal as \(alert.login) is another one now."
        case (.recoveryLinkIssued, _):
            "Whoever opens the link can choose a new password for \(account). It works once and for at most a day."
        case (.recoveryUsed, .recoveryCodeUsed):
            "One of your recovery codes signed in to \(account), and works no more."
        case (.recoveryUsed, _):
            "Somebody opened the link and chose a new password for \(account). Authenticator app and recovery codes of before are gone, and all browsers are signed out."
        case (.recoveryCodesRenewed, _):
            "The new recovery codes of \(account) take the place of all that were made before."
        case (.appPasswordCreated, .appPasswordRotated):
            "An app of \(account) gets a new secret. The old one works until the new one is first used, at most for 7 days."
        case (.appPasswordCreated, _): "Whoever has its secret can sign in as \(alert.login), for what it is meant for."
        case (.alertsChanged, _): "From now on you get other mails about \(account) than before."
        case (.appPasswordEnded, .appPasswordChanged): "What this app password of \(account) may do is not what it was."
        case (.appPasswordEnded, _): "The app that used it can no longer sign in as \(alert.login)."
        case (.appPasswordFirstUsed, _): "An app signed in as \(alert.login) with it."
        case (.appPasswordNewNetwork, _): "An app signed in as \(alert.login) from where it had not been before."
        case (.approvalAsked, _):
            "An app tried to sign in as \(alert.login) from a network that you have not said yes to, and has to wait."
        case (.appPasswordExpiring, _):
            "The app that uses it cannot sign in as \(alert.login) any more after \(ends ?? "that")."
        case (.endedSecretTried, _):
            "It was revoked, replaced or has expired, so nothing was let in: but some device of \(account) still knows it."
        case (.wrongGuesses, _):
            "\(alert.count) sign-ins as \(alert.login) failed within a day. None of them got in, and your app passwords keep working."
        case (.newBrowser, _): "Somebody signed in to the portal as \(alert.login)."
        }
    }

    // MARK: What to do

    static func advice(_ alert: Alert) -> [String] {
        let advice = adviceToOwner(alert.kind)
        // What somebody else did cannot have been the reader.
        guard alert.author == .administrator, advice.count > 1 else { return advice }
        return ["If your administrator told you, or you asked for it, there is nothing to do."] + advice.dropFirst()
    }

    private static func adviceToOwner(_ kind: AlertKind) -> [String] {
        switch kind {
        case .methodAdded:
            [
                "If that was you, there is nothing to do.",
                "If it was not, sign in to the portal, remove it there and sign out all other browsers; if you cannot sign in any more, call your administrator at once.",
            ]
        case .methodRemoved, .passwordChanged, .recoveryCodesRenewed, .alertsChanged, .newBrowser:
            [
                "If that was you, there is nothing to do.",
                "If it was not, sign in to the portal, change your password and sign out all other browsers; if you cannot sign in any more, call your administrator at once.",
            ]
        case .keyCopySuspected:
            [
                "A key that was reset, or a device that was put back to an earlier state, does that too: if it was yours, remove it in the portal and add it again.",
                "If you did not just try to sign in, remove it in the portal and look over your activity; if you cannot sign in any more, call your administrator at once.",
            ]
        case .accountOpened:
            [
                "If that was you, there is nothing to do.",
                "If it was not, call your administrator at once: somebody has your sign-in at that provider.",
            ]
        case .recoveryLinkIssued, .recoveryUsed:
            [
                "If you asked for it, or it was you, there is nothing to do.",
                "If not, call your administrator at once: somebody may be taking over your account.",
            ]
        case .appPasswordCreated:
            [
                "If that was you, there is nothing to do.",
                "If it was not, revoke it. Then sign in to the portal and change your password; if you cannot sign in any more, call your administrator at once.",
            ]
        case .appPasswordEnded:
            [
                "If that was you, or your administrator told you, there is nothing to do.",
                "If not, look at your app passwords in the portal.",
            ]
        case .appPasswordFirstUsed:
            [
                "If you have just set up that app, there is nothing to do.",
                "If not, revoke the app password in the portal: somebody else may have its secret.",
            ]
        case .appPasswordNewNetwork:
            [
                "If your device is on the move, or your provider gave you another address, there is nothing to do.",
                "If not, revoke the app password in the portal: somebody else may have its secret.",
            ]
        case .approvalAsked:
            [
                "If it is your device, sign in to the portal and say yes there.",
                "If it is not, say no there: somebody else has the secret.",
            ]
        case .appPasswordExpiring:
            [
                "If you still need it, give it a new secret in the portal, and enter that in the app. If not, let it expire."
            ]
        case .endedSecretTried:
            [
                "If the device is yours, enter a new app password there, or remove the account from it.",
                "If it is not, there is nothing to do: it gets no access.",
            ]
        case .wrongGuesses:
            [
                "If one of your devices has an old or mistyped password, correct it there: the portal’s activity says which.",
                "If not, somebody is guessing. There is nothing to do: app passwords cannot be guessed.",
            ]
        }
    }

    static let revoke = "Look and revoke"
    static let revokeNote =
        "The link opens a page that shows what will be revoked. It works for 30 days without a sign-in, and can do nothing else."
    static func openPortal(_ kind: AlertKind) -> String {
        switch kind {
        case .wrongGuesses, .endedSecretTried: "Show the activity"
        case .approvalAsked: "Answer yes or no"
        default: "Open the portal"
        }
    }

    // MARK: Facts

    static let account = "Account"
    static let appPassword = "App password"
    /// What a way to sign in with a name of its own is.
    static func way(_ action: AuditEvent.Action?) -> String {
        switch action {
        case .passkeyAdded, .passkeyRemoved: "Passkey"
        case .securityKeyAdded, .securityKeyRemoved: "Security key"
        case .keyCopySuspected: "Key"
        case .mailboxEnrolled, .mailboxRemoved: "Mailbox"
        default: "Single sign-on"
        }
    }
    static let when = "When"
    static let whenLast = "Last time"
    static let address = "From"
    static let client = "With"
    static let services = "For"
    static let author = "By"
    static let expires = "Expires"
    static let tries = "Tries"
    static let unknownAddress = "an unknown address"
    static let administrator = "an administrator"
    static let linkHolder = "the link in a mail to you"
    /// By its `User-Agent`.
    static func browser(_ agent: String) -> String {
        BrowserName(agent: agent)?.text ?? "a browser or program that does not say its name"
    }

    // MARK: Why it came

    static let signature =
        "Latchkey watches over the passwords of your apps. Nobody ever asks you for one of them by mail or telephone."
    static func choose(_ url: String) -> String { "Choose which of these mails you get: \(url)" }
    static let always = "Mails of this kind always come: they are what tells you when somebody takes over your account."
    static func onBehalf(of login: LoginName) -> String {
        "You get it as administrator: \(login) has no address of its own."
    }

    // MARK: A trial

    static let trialSubject = "Latchkey can send mail"
    static let trialSentence =
        "This message was asked for with latchkey mail test. The people of this Latchkey get alerts the same way."

    // MARK: Names

    private static func quoted(_ name: String?) -> String { name.map { " “\(isolated($0))”" } ?? "" }

    /// What a client calls itself, so that no program makes a link of it: whoever has a secret, or only guesses, can put words there, and
    /// they stand in a mail that comes from us.
    static func unlinked(_ client: String) -> String {
        var safe = String.UnicodeScalarView()
        let scalars = Array(client.unicodeScalars.prefix(maximumClient))
        for (place, scalar) in scalars.enumerated() {
            let next = place + 1 < scalars.count ? scalars[place + 1] : nil
            switch scalar {
            // Before a digit it is a version's.
            case "." where next.map { !$0.properties.isWhitespace && !("0"..."9").contains($0) } ?? false:
                safe.append("\u{b7}")
            case "@", "\u{ff0e}", "\u{3002}", "\u{ff61}": safe.append("\u{b7}")
            case ":" where next == "/": continue
            default: safe.append(scalar)
            }
        }
        return isolated(String(safe))
    }

    /// Characters of what a client calls itself.
    private static let maximumClient = 60

    /// A name that is written from right to left must not turn around the sentence that it stands in (Unicode UAX #9, isolates).
    static func isolated(_ name: String) -> String {
        let turns = name.unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0x0590...0x08ff, 0xfb1d...0xfdff, 0xfe70...0xfeff, 0x10800...0x10fff, 0x1e800...0x1efff: true
            default: false
            }
        }
        return turns ? "\u{2068}\(name)\u{2069}" : name
    }
}

extension Alert {
    /// False if an administrator is told in the place of an owner without an address.
    var isForOwner: Bool { recipient.text == login.text }
}
