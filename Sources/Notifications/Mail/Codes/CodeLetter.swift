import LatchkeyCore

extension Letter {
    /// What a mail with a one-time code says. `portal`: the portal's address.
    init(_ mail: CodeMail, portal: String, moment: (Timestamp) -> LocalMoment) {
        self.init(subject: CodeTexts.subject(mail.purpose), sentence: CodeTexts.sentence(mail))
        code = mail.code
        facts = [
            Fact(label: AlertTexts.account, value: mail.login.text),
            Fact(label: AlertTexts.when, value: moment(mail.time).words),
            Fact(label: AlertTexts.address, value: mail.address?.description ?? AlertTexts.unknownAddress),
        ]
        if let client = mail.client {
            facts.append(Fact(label: AlertTexts.client, value: AlertTexts.browser(client)))
        }
        paragraphs = CodeTexts.advice(mail.purpose, lifetime: mail.lifetime)
        footer = [CodeTexts.signature(portal)]
    }
}

/// Every sentence of a mail with a one-time code: the one place to translate.
enum CodeTexts {
    static func subject(_ purpose: CodeMail.Purpose) -> String {
        switch purpose {
        case .signIn: "Your sign-in code"
        case .enrolment: "Confirm your mail address"
        }
    }

    static func sentence(_ mail: CodeMail) -> String {
        switch mail.purpose {
        case .signIn: "Type this code where you are signing in as \(mail.login):"
        case .enrolment: "Type this code in the portal, and codes for \(mail.login) come here from then on:"
        }
    }

    static func advice(_ purpose: CodeMail.Purpose, lifetime: Duration) -> [String] {
        let limits =
            "It works once, for \(lifetime.components.seconds / 60) minutes, and only in the browser that asked for it."
        let warning = "Tell it to nobody: no administrator and no helpdesk ever asks for it."
        return switch purpose {
        case .signIn:
            [
                "\(limits) \(warning)",
                "If you did not ask for it, somebody knows your password and cannot get in without this code. Sign in to the portal and change your password.",
            ]
        case .enrolment:
            [
                "\(limits) \(warning)",
                "If you do not know this account, somebody mistyped an address. There is nothing to do: without the code nothing comes of it.",
            ]
        }
    }

    static func signature(_ portal: String) -> String { "This mail was asked for at \(portal)" }
}
