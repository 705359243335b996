import Dispatch
import LatchkeyCore
import Synchronization
import Testing

/// Answers by the secret: `right`, `wrong`, `throttled`, `held`, `down`, `waiting`; `evil` is somebody with a dangerous name. Any other secret is wrong.
final class ScriptedVerifier: Verifier {
    /// Whether the answer comes on another thread, as the real one's does.
    private let isElsewhere: Bool
    private let ada: Acceptance
    private let evil: Acceptance
    private let seen = Mutex<[String]>([])
    private let sizes = Mutex<[Int]>([])

    init(elsewhere: Bool = false) throws {
        isElsewhere = elsewhere
        ada = try Self.acceptance("ada@example.com", name: "Ada Lovelace", groups: ["engineers", "wiki-editors"])
        evil = try Self.acceptance("zoë%", name: "Zoë\r\nRemote-User: root")
    }

    /// What was asked, one line each.
    var questions: [String] { seen.withLock(\.self) }
    /// How many attempts each call brought.
    var batches: [Int] { sizes.withLock(\.self) }

    func verify(_ attempts: [Attempt], answer: @escaping @Sendable ([Verdict]) -> Void) {
        seen.withLock { $0 += attempts.map(Self.line) }
        sizes.withLock { $0.append(attempts.count) }
        let verdicts = attempts.map(verdict)
        if isElsewhere { DispatchQueue.global().async { answer(verdicts) } } else { answer(verdicts) }
    }

    private func verdict(on attempt: Attempt) -> Verdict {
        switch attempt.secret.reveal() {
        case "right": .accepted(attempt.authcid == "evil" ? evil : ada)
        case "throttled": .refused(.throttled)
        case "held": .refused(.unknown, hold: .milliseconds(20))
        case "down": .refused(.unavailable)
        case "waiting": .refused(.awaitingApproval)
        default: .refused(.unknown)
        }
    }

    private static func line(_ attempt: Attempt) -> String {
        let secret = attempt.secret.reveal() ?? "?"
        let isScripted = ["right", "wrong", "throttled", "held", "down", "waiting"].contains(secret)
        return [
            "\(attempt.authcid) for \(attempt.service?.name ?? "nothing")", attempt.address.map { "from \($0)" },
            attempt.client.map { "with \($0)" }, isScripted ? nil : "with secret \(secret)",
        ].compactMap(\.self).joined(separator: " ")
    }

    private static func acceptance(_ login: String, name: String, groups: [String] = []) throws -> Acceptance {
        Acceptance(
            account: try #require(AccountID("00000000-0000-0000-0000-000000000001")),
            login: try #require(LoginName(login)), name: name,
            appPassword: try #require(AppPasswordID("00000000-0000-0000-0000-000000000002")),
            groups: groups.compactMap { GroupName($0) })
    }
}

/// Knows `any-token`, which may ask about everything, and `dav-token`, which may ask about webdav; fails on `broken`.
final class ScriptedDirectory: RelyingServiceDirectory {
    private let isElsewhere: Bool
    private let any: RelyingService
    private let dav: RelyingService

    init(elsewhere: Bool = false) throws {
        isElsewhere = elsewhere
        let id = try #require(Identifier<RelyingService>("00000000-0000-0000-0000-000000000003"))
        let created = Timestamp(seconds: 0)
        any = RelyingService(id: id, name: "mail1", services: [], created: created)
        dav = RelyingService(id: id, name: "web1", services: [.webdav], created: created)
    }

    func relyingService(
        bearing token: Secret, answer: @escaping @Sendable (Result<RelyingService?, StoreError>) -> Void
    ) {
        let result: Result<RelyingService?, StoreError> =
            switch token.reveal() {
            case "any-token": .success(any)
            case "dav-token": .success(dav)
            case "broken": .failure(StoreError("the disk is gone"))
            default: .success(nil)
            }
        if isElsewhere { DispatchQueue.global().async { answer(result) } } else { answer(result) }
    }
}
