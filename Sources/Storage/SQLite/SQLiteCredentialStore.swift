public import LatchkeyCore
import Synchronization

/// Answers verdicts' questions on the caller's own thread, with a connection of its own while it lasts.
///
/// A look-up costs less than handing it to another thread would. So there is no reader thread: every event loop that asks is one.
public final class SQLiteCredentialStore: CredentialStore, RelyingServiceDirectory {
    /// Idle connections kept; one more than this many threads asking at once opens and closes its own.
    private static let keptConnections = 16

    private let path: String
    private let readsApprovals: Bool
    private let remembered = RememberedRows()
    private let idle: Mutex<[SQLiteLookup]>

    /// The database must be migrated already. `readsApprovals` is `sign-in.first-use-approval`.
    public init(_ database: SQLiteDatabase, readsApprovals: Bool = false) throws(StoreError) {
        path = database.path
        self.readsApprovals = readsApprovals
        // The first connection tells at start what would otherwise fail at the first sign-in.
        idle = Mutex([
            try SQLiteLookup(path: database.path, remembered: remembered, readsApprovals: readsApprovals)
        ])
    }

    public func find(
        _ questions: [CredentialQuestion], keys: VerifierKeys,
        answer: @escaping @Sendable (Result<[CredentialFinding], StoreError>) -> Void
    ) {
        answer(withLookup { (lookup) throws(StoreError) in try lookup.find(questions, keys: keys) })
    }

    public func relyingService(
        bearing token: Secret, answer: @escaping @Sendable (Result<RelyingService?, StoreError>) -> Void
    ) {
        let hash = ServiceToken.hash(token)
        answer(withLookup { (lookup) throws(StoreError) in try lookup.relyingService(tokenHash: hash) })
    }

    private func withLookup<Value>(
        _ body: (SQLiteLookup) throws(StoreError) -> Value
    ) -> Result<Value, StoreError> {
        do throws(StoreError) {
            let kept = idle.withLock { $0.popLast().map { Loan(lookup: $0) } }
            let lookup =
                if let kept { kept.lookup } else {
                    try SQLiteLookup(path: path, remembered: remembered, readsApprovals: readsApprovals)
                }
            let value = try body(lookup)
            // A connection that failed is not kept: the next question gets a new one, and with it a chance.
            let loan = Loan(lookup: lookup)
            idle.withLock { idle in
                if idle.count < Self.keptConnections { idle.append(loan.lookup) }
            }
            return .success(value)
        } catch {
            return .failure(error)
        }
    }

    /// Carries a connection over the lock's boundary: it is out of the pool, so its holder is alone with it.
    private struct Loan: @unchecked Sendable {
        let lookup: SQLiteLookup
    }
}
