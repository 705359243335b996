import Keyring
import LatchkeyCore
import Notifications
import Settings
import Storage

extension Server {
    /// Who tells those who remember verdicts. Without any in the settings it has nothing to do.
    func notifier() throws(CommandFailure) -> Notifier {
        let settings = house.settings.notify
        var configuration = Notifier.Configuration()
        if let file = settings.dovecot.keyFile {
            let key = try SecretFile.load(from: file, of: "notify.dovecot.key-file")
            configuration.dovecots = settings.dovecot.url.map { Notifier.Configuration.Dovecot(url: $0, key: key) }
        }
        if let file = settings.webhook.secretFile {
            guard let secret = WebhookSecret(try SecretFile.load(from: file, of: "notify.webhook.secret-file")) else {
                throw .configuration(
                    "notify.webhook.secret-file: \(file) holds no webhook secret: write whsec_ and 24 to 64 octets in Base64, for example with: echo \"whsec_$(openssl rand -base64 32)\""
                )
            }
            configuration.webhooks = settings.webhook.url.map {
                Notifier.Configuration.Webhook(url: $0, secret: secret)
            }
        }
        return Notifier(
            configuration, feed: house.revocations, domain: house.settings.domain, now: currentTime, logger: logger)
    }
}

extension SecretFile {
    /// The secret that the setting `key` names the file of.
    static func load(from path: String, of key: String) throws(CommandFailure) -> Secret {
        do throws(SecretFileError) {
            return try load(from: path)
        } catch {
            throw .configuration("\(key): \(error)")
        }
    }
}
