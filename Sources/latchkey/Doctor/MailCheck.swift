import LatchkeyCore
import Notifications
import Settings

/// Whether people can be told by mail: the server is asked as far as it would take a message, and given none.
struct MailCheck {
    static let check = "mail"

    let house: Installation

    func run() async -> [Finding] {
        let mail: MailParts?
        do throws(CommandFailure) { mail = try MailParts(house) } catch {
            return [.bad(Self.check, "it cannot be sent", fix: error.text)]
        }
        guard let mail else {
            return [
                .warning(
                    Self.check, "nobody is told by mail what happens to their account",
                    fix: "Set mail.server and mail.from, and try latchkey mail test ADDRESS.")
            ]
        }
        let name = "\(Self.check) \(mail.server.host):\(mail.server.port)"
        do throws(DeliveryFailure) { try await mail.client.probe() } catch {
            return [
                .bad(
                    name, "the mail server takes no alerts: \(error)",
                    fix:
                        "Alerts wait for up to three days. Correct what the text says; latchkey mail test ADDRESS tries it."
                )
            ]
        }
        guard house.settings.portal.url != nil else {
            return [
                .warning(
                    name, "the mail server takes alerts, but their links lead to this machine",
                    fix: "Set portal.url to what browsers call the portal.")
            ]
        }
        return [.good(name, "the mail server takes alerts")]
    }
}
