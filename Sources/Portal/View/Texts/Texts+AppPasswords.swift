import Accounts
import LatchkeyCore

/// App passwords, and what is seen of them live.
extension Texts {
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
}
