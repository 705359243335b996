import Accounts

/// Signing in, and setting up an account.
extension Texts {
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
    static func codeGoes(to address: String) -> String { "A code can be mailed to \(address)." }
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
}
