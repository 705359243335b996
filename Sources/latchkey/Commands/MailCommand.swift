import ArgumentParser
import LatchkeyCore
import Notifications
import Settings

struct MailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "Alerts to people by mail.", subcommands: [Test.self])

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send one message, and say what the mail server says to it.")

        @Argument(help: "Who gets it: alice@example.com.") var address: String
        @OptionGroup var place: Place

        func run() async throws {
            try await reporting {
                guard let recipient = MailAddress(address) else {
                    throw CommandFailure(text: "“\(address)” is no mail address: write it like alice@example.com")
                }
                guard let mail = try MailParts(try await place.installation()) else {
                    throw CommandFailure(text: "no mail server is configured: set mail.server and mail.from")
                }
                do throws(DeliveryFailure) {
                    try await mail.client.send(mail.office.trial(to: recipient))
                } catch {
                    throw CommandFailure(
                        text: "the mail server \(mail.server.host):\(mail.server.port) did not take it: \(error)")
                }
                print("\(mail.server.host):\(mail.server.port) has taken a message to \(recipient).")
            }
        }
    }
}
