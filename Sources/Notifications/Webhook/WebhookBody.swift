import Foundation
import LatchkeyCore

/// A revocation as a webhook tells it. `app_password` and `services` are about one app password; `services` is empty where the whole
/// account is meant.
struct WebhookBody: Encodable {
    private let event: String
    private let time: String
    private let account: String
    private let login: String?
    private let aliases: [String]
    private let appPassword: String?
    private let services: [String]

    enum CodingKeys: String, CodingKey {
        case event, time, account, login, aliases, services
        case appPassword = "app_password"
    }

    init(_ revocation: Revocation) {
        event = revocation.action.rawValue
        time = revocation.time.description
        account = revocation.account.description
        login = revocation.login?.text
        aliases = revocation.aliases.map(\.text)
        appPassword = revocation.appPassword?.description
        services = revocation.services.map(\.name)
    }

    static func write(_ revocation: Revocation) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and lists of texts: JSON can say them all.
        return (try? encoder.encode(WebhookBody(revocation))).map { Array($0) } ?? []
    }
}
