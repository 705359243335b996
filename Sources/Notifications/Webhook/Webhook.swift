import Crypto
import LatchkeyCore

/// A receiver of signed notices, one revocation each, as the Standard Webhooks specification has them.
struct Webhook: NoticeTarget {
    let id: String
    let label: String
    let batch = 1

    private let url: String
    private let secret: WebhookSecret

    init(url: String, secret: WebhookSecret) {
        label = "webhook \(origin(of: url))"
        // The path may be somebody's secret: it is told apart by its hash.
        id = "\(label) \(Hex.encode(SHA256.hash(data: Array(url.utf8)).prefix(8)))"
        self.url = url
        self.secret = secret
    }

    func notice(of revocations: [Revocation], at now: Timestamp) -> Notice {
        let body = revocations.first.map(WebhookBody.write) ?? []
        // The same for every try of this notice, and for no other.
        let id = Hex.encode(revocations.first?.hash ?? [])
        return Notice(
            url: url,
            headers: [
                ("Webhook-Id", id), ("Webhook-Timestamp", "\(now.seconds)"),
                ("Webhook-Signature", secret.signature(id: id, timestamp: now.seconds, body: body)),
            ], body: body)
    }

    func read(_ answer: Answer) throws(NotTold) {
        guard (200..<300).contains(answer.status) else { throw NotTold(status: answer.status) }
    }
}
