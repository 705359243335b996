import Accounts
import Foundation
import Keyring
import LatchkeyCore
import Notifications
import Settings
import Storage

/// What sending mail is made of, over one installation.
struct MailParts: Sendable {
    let server: SMTPServer
    let client: SMTPClient
    let office: MailOffice

    /// Nil where no server is configured. Reads the password and the issuers.
    init?(_ house: Installation) throws(CommandFailure) {
        let settings = house.settings.mail
        guard case .tcp(let host, let port)? = settings.server, let sender = settings.from else { return nil }
        var credentials: SMTPCredentials?
        if let user = settings.user, let file = settings.passwordFile {
            credentials = SMTPCredentials(
                user: user, password: try SecretFile.load(from: file, of: "mail.password-file"))
        }
        let encryption: SMTPServer.Encryption =
            switch settings.encryption {
            case .tls: .implicit
            case .starttls: .startTLS
            case .none: .none
            }
        server = SMTPServer(
            host: host, port: port, encryption: encryption, credentials: credentials, issuers: settings.issuers)
        do throws(DeliveryFailure) {
            client = try SMTPClient(server)
        } catch {
            throw .configuration("mail.issuers: \(error)")
        }
        let links = house.revocationLinks
        let portalPort = if case .tcp(_, let port) = house.settings.portal.listen { port } else { 8080 }
        office = MailOffice(
            sender: sender, portal: house.portalURL(port: portalPort), revocationToken: { links.token(for: $0) },
            utcOffset: { time in
                TimeZone.current.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(time.seconds)))
            }, now: currentTime)
    }
}

extension Server {
    /// Who tells people by mail; nil where no server is configured, and then nothing is queued either.
    func postman() throws(CommandFailure) -> Postman? {
        guard let mail = try MailParts(house) else { return nil }
        return Postman(
            queue: house.alertQueue, office: mail.office, client: mail.client, now: currentTime, logger: logger)
    }
    /// Nil where codes by mail are not allowed.
    func codesByMail() throws(CommandFailure) -> CodesByMail? {
        guard house.settings.signIn.codesByMail, let mail = try MailParts(house) else { return nil }
        return CodesByMail(
            access: house.portal.access, credentials: house.portal.credentials,
            mailboxes: SQLCodeMailboxes(house.database),
            post: CodePostman(office: mail.office, client: mail.client, logger: logger))
    }
}
