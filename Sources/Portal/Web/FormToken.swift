import Crypto
import LatchkeyCore
import Synchronization

/// Makes a form good for one use, so that a reload of the answer, or a second click, does not do it again.
///
/// A token is `time.nonce.tag`: the tag is HMAC-SHA-256 under the session's own token, so it needs no key and fits no
/// other session. What was used is remembered here for as long as a token lives; tokens older than this process are
/// refused, because what was used before its start is not known any more.
final class FormTokens: Sendable {
    static let lifetime: Duration = .seconds(3_600)
    static let capacity = 16_384

    enum Outcome: Equatable, Sendable {
        case first
        /// The form was sent before; what it made then, if that is known.
        case again(AppPasswordID?)
        /// Not of this session, too old, or broken: the person may simply send the form again.
        case stale
    }

    private struct Use {
        let time: Timestamp
        var made: AppPasswordID?
    }

    private let started: Timestamp
    private let used = Mutex<[String: Use]>([:])

    init(started: Timestamp) {
        self.started = started
    }

    func issue(to visitor: Visitor, at now: Timestamp) -> String {
        var rng = SystemRandomNumberGenerator()
        let nonce = Hex.encode((0..<2).flatMap { _ in withUnsafeBytes(of: rng.next()) { Array($0) } })
        let head = "\(now.microseconds).\(nonce)"
        return "\(head).\(Hex.encode(tag(of: head, under: visitor.token)))"
    }

    /// Spends `token`; only one caller ever hears `first`.
    func spend(_ token: String, of visitor: Visitor, at now: Timestamp) -> Outcome {
        guard let time = verifiedTime(of: token, under: visitor.token), time >= started, time <= now,
            now - time <= Self.lifetime
        else { return .stale }
        return used.withLock { used in
            if let use = used[token] { return .again(use.made) }
            if used.count >= Self.capacity { used = used.filter { now - $0.value.time <= Self.lifetime } }
            // Full of tokens that still live: somebody floods. Refusing costs one more click, forgetting a duplicate.
            guard used.count < Self.capacity else { return .stale }
            used[token] = Use(time: time, made: nil)
            return .first
        }
    }

    /// Remembers what the form made, to lead there from a reload.
    func note(_ made: AppPasswordID, for token: String) {
        used.withLock { $0[token]?.made = made }
    }

    private func verifiedTime(of token: String, under key: Secret) -> Timestamp? {
        guard token.utf8.count <= 160, let dot = token.lastIndex(of: ".") else { return nil }
        let head = String(token[..<dot])
        let tag = Secret(String(token[token.index(after: dot)...]))
        guard tag == Secret(Hex.encode(self.tag(of: head, under: key))) else { return nil }
        return head.split(separator: ".").first.flatMap { Int64($0) }.map(Timestamp.init(microseconds:))
    }

    private func tag(of head: String, under key: Secret) -> HMAC<SHA256>.MAC {
        key.withBytes { bytes in
            HMAC<SHA256>.authenticationCode(
                for: Array("latchkey form \(head)".utf8), using: SymmetricKey(data: bytes))
        }
    }
}
