import Foundation
import LatchkeyCore
import Testing

@testable import Notifications

struct WebhookTests {
    private let secret: WebhookSecret

    init() throws {
        secret = try #require(WebhookSecret(Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")))
    }

    @Test("a signature is that of the Standard Webhooks specification")
    func signature() {
        // The example of the specification's libraries.
        #expect(
            secret.signature(
                id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8)
            )
                == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("a notice tells who, what and when, under a name that every try has in common")
    func notice() throws {
        let revocation = try revocation(
            login: "alice@example.com", aliases: ["al@example.com"], services: [.imap, .smtp])
        let target = Webhook(url: "https://tickets.example.com/hooks/s3cret", secret: secret)
        let first = target.notice(of: [revocation], at: Timestamp(seconds: 1_000))
        #expect(
            String(decoding: first.body, as: UTF8.self)
                == #"{"account":"\#(revocation.account)","aliases":["al@example.com"],"app_password":"\#(revocation.account)","event":"app-password.revoked","login":"alice@example.com","services":["imap","smtp"],"time":"2026-11-24T08:00:00Z"}"#
        )
        let headers = Dictionary(uniqueKeysWithValues: first.headers.map { ($0.name, $0.value) })
        #expect(headers["Webhook-Id"] == String(repeating: "07", count: 32))
        #expect(headers["Webhook-Timestamp"] == "1000")
        let again = target.notice(of: [revocation], at: Timestamp(seconds: 2_000))
        #expect(again.headers.first?.value == headers["Webhook-Id"])
        #expect(again.headers.last?.value != headers["Webhook-Signature"])
    }

    @Test("two receivers on one host have a place each, and no log shows a path")
    func places() {
        let targets = ["https://h.example/a", "https://h.example/b"].map { Webhook(url: $0, secret: secret) }
        #expect(Set(targets.map(\.id)).count == 2)
        #expect(targets.map(\.label) == ["webhook https://h.example", "webhook https://h.example"])
    }

    @Test("2xx is heard, and nothing else")
    func answers() throws {
        let target = Webhook(url: "https://h.example", secret: secret)
        for status in [200, 202, 204] { try target.read(Answer(status: status)) }
        for (status, isRefusal) in [
            (302, false), (400, true), (401, false), (404, false), (410, true), (429, false), (500, false),
        ] {
            do throws(NotTold) {
                try target.read(Answer(status: status))
                Issue.record("\(status) was taken for heard")
            } catch {
                #expect(error.isRefusal == isRefusal, "\(status)")
            }
        }
    }

    @Test(
        "what is no webhook secret is not taken for one",
        arguments: [
            "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_not base64 at all, no no no no",
        ])
    func secrets(text: String) {
        #expect(WebhookSecret(Secret(text)) == nil)
    }
}

/// Of an account and an app password that share an id, so that a test can name it.
func revocation(
    login: String?, aliases: [String] = [], services: [Service] = [], sequence: Int64 = 1
) throws -> Revocation {
    let id = "00000000-0000-0000-0000-000000000001"
    return Revocation(
        sequence: sequence, hash: [UInt8](repeating: 7, count: 32), action: .appPasswordRevoked,
        time: Timestamp(seconds: 1_795_507_200), account: try #require(AccountID(id)),
        login: try login.map { try #require(LoginName($0)) }, aliases: aliases.compactMap { LoginName($0) },
        appPassword: try #require(AppPasswordID(id)), services: services)
}
