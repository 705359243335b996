import HTTPTypes

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
