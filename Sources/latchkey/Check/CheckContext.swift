import LatchkeyCore

/// What the environment tells about a question, besides who asks and with which password.
struct CheckContext {
    let service: Service
    let address: IPAddress?

    /// For `pam_exec`: `PAM_SERVICE` and `PAM_RHOST`, which may be a host name.
    static func pam(_ environment: [String: String], service: String?) throws(CommandFailure) -> CheckContext {
        if let type = environment["PAM_TYPE"], type != "auth" {
            throw misused(
                "it answers PAM's auth only, and PAM asks for \(type): call it from a line that begins with auth")
        }
        return CheckContext(
            service: try named(service ?? environment["PAM_SERVICE"]),
            address: environment["PAM_RHOST"].flatMap { IPAddress($0) })
    }

    /// For checkpassword: `SERVICE` and `AUTH_SERVICE` as Dovecot says it, `TCPREMOTEIP` as everybody does.
    static func checkpassword(
        _ environment: [String: String], service: String?
    ) throws(CommandFailure) -> CheckContext {
        // Dovecot asks who somebody is, with an empty password; a program that knew would set it to 2.
        guard environment["AUTHORIZED"] == nil else {
            throw CommandFailure(
                text: "it verifies passwords and knows nothing else of people: give Dovecot another userdb",
                code: CheckOutcome.temporary.rawValue)
        }
        return CheckContext(
            service: try named(service ?? environment["SERVICE"] ?? environment["AUTH_SERVICE"]),
            address: environment["TCPREMOTEIP"].flatMap { IPAddress($0) })
    }

    private static func named(_ name: String?) throws(CommandFailure) -> Service {
        guard let name, !name.isEmpty else { throw misused("nobody says for which service: give --service NAME") }
        guard let service = Service(name) else {
            let shown = Attempt.printable(name, limit: Service.maximumLength) ?? ""
            throw misused("“\(shown)” is no service name: give --service NAME, such as imap")
        }
        return service
    }

    static func misused(_ text: String) -> CommandFailure {
        CommandFailure(text: text, code: CheckOutcome.misused.rawValue)
    }
}
