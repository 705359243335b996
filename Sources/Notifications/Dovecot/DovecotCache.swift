import Foundation
import LatchkeyCore

/// A Dovecot that remembers verdicts (`auth_cache_size`): it is told to forget the names that led to the account.
///
/// Dovecot remembers them under the name that was typed, so each alias is flushed beside the login name, and each also without
/// the default domain, as many clients type it.
struct DovecotCache: NoticeTarget {
    let id: String
    let label: String
    /// So that many revocations at once, a department's, are few requests.
    let batch = 100

    private let url: String
    private let key: Secret
    private let domain: String?

    init(url: String, key: Secret, domain: String?) {
        label = "dovecot \(origin(of: url))"
        id = label
        self.url = url + "/doveadm/v1"
        self.key = key
        self.domain = domain
    }

    func notice(of revocations: [Revocation], at now: Timestamp) -> Notice {
        let key = key.withBytes { Data($0).base64EncodedString() }
        let users = revocations.reduce(into: Set<String>()) { $0.formUnion(names(of: $1)) }.sorted()
        // A name that cannot be told must not stay remembered: without any, Dovecot forgets everybody.
        let isComplete = revocations.allSatisfy { $0.login != nil || !$0.aliases.isEmpty }
        return Notice(
            url: url, headers: [("Authorization", "X-Dovecot-API \(key)")],
            body: DoveadmCommand.flushCache(of: isComplete ? users : nil))
    }

    private func names(of revocation: Revocation) -> [String] {
        ([revocation.login].compactMap(\.self) + revocation.aliases).flatMap { name in
            guard let domain, name.text.hasSuffix("@" + domain) else { return [name.text] }
            return [name.text, String(name.text.dropLast(domain.count + 1))]
        }
    }

    func read(_ answer: Answer) throws(NotTold) {
        guard answer.status == 200 else { throw NotTold(status: answer.status) }
        try DoveadmCommand.read(answer.body)
    }
}
