import LatchkeyCore
import Synchronization

/// Rows that a verdict has read, kept for the next one: never a verdict, and never used unless the database itself says, in the
/// transaction that asks, that no such row has changed since (`standing.version`).
///
/// Shared by all connections. Holds the rows of at most twice `maximumAccounts`: when that many have been read, those not asked for since the
/// last time are dropped.
final class RememberedRows: Sendable {
    /// An account and those of its app passwords that have been used.
    struct Account: Sendable {
        let standing: AccountStanding
        fileprivate var credentials: [Tagged] = []

        fileprivate struct Tagged {
            let tag: VerifierTag
            let credential: StoredCredential
        }

        func credential(_ tag: VerifierTag) -> StoredCredential? {
            for known in credentials where known.tag == tag { return known.credential }
            return nil
        }
    }

    private struct Rows {
        /// What the database said when they were read.
        var version: Int64 = 0
        var recent: [LoginName: Account] = [:]
        var older: [LoginName: Account] = [:]

        mutating func keep(_ account: Account, _ login: LoginName, maximum: Int) {
            if recent.count >= maximum {
                older = recent
                recent = [:]
            }
            recent[login] = account
        }
    }

    /// Some 400 octets each.
    static let maximumAccounts = 65_536
    /// More app passwords in use than people have: the rest is read.
    private static let maximumCredentials = 32

    private let maximumAccounts: Int
    private let rows = Mutex(Rows())

    init(maximumAccounts: Int = RememberedRows.maximumAccounts) {
        self.maximumAccounts = maximumAccounts
    }

    /// What is remembered of the account with this name, if the database is at `version`.
    func account(named login: LoginName, at version: Int64) -> Account? {
        rows.withLock { rows -> Account? in
            guard rows.version == version else { return nil }
            if let account = rows.recent[login] { return account }
            guard let account = rows.older.removeValue(forKey: login) else { return nil }
            rows.keep(account, login, maximum: maximumAccounts)
            return account
        }
    }

    /// Remembers what was read at `version`. An older state than the one that is remembered is of no use.
    func keep(
        _ standing: AccountStanding, _ credential: StoredCredential, _ tag: VerifierTag, as login: LoginName,
        at version: Int64
    ) {
        rows.withLock { rows in
            guard version >= rows.version else { return }
            if version > rows.version { rows = Rows(version: version) }
            var account =
                rows.recent.removeValue(forKey: login) ?? rows.older.removeValue(forKey: login)
                ?? Account(standing: standing)
            if account.credential(tag) == nil, account.credentials.count < Self.maximumCredentials {
                account.credentials.append(.init(tag: tag, credential: credential))
            }
            rows.keep(account, login, maximum: maximumAccounts)
        }
    }
}
