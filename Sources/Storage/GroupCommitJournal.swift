public import LatchkeyCore
import Synchronization

/// Records sign-ins together: all that arrived while the last commit was being made go into the next.
///
/// `run()` must be running, or records wait. When its task is cancelled it writes what is left and returns.
public final class GroupCommitJournal: SignInJournal {
    /// `audit.durability`.
    public enum Durability: String, CaseIterable, Sendable {
        /// A record is on the disk before its verdict is given.
        case strict
        /// A record is on the disk at most 100 ms after its verdict.
        case relaxed
    }

    /// How long `relaxed` gathers.
    static let gathering: Duration = .milliseconds(50)
    /// Records in one commit: bounds its time, and so the wait of the next.
    static let maximumBatch = 4_000
    /// The same for refusals, which may be somebody's guesses by the thousand.
    static let maximumRefusals = 400
    /// Records waiting: beyond it new ones fail at once, which is answered as temporary trouble.
    static let maximumWaiting = 200_000
    /// Records that `relaxed` lets run ahead of the disk. Beyond it verdicts wait for their commit, which slows whoever asks.
    static let maximumAhead = 10_000
    /// Undigested events that are not left to a quiet moment.
    static let digestAfter: Int64 = 10_000
    /// What counts as a quiet moment.
    static let quiet: Duration = .seconds(1)

    private struct Entry: Sendable {
        let records: [SignInRecord]
        /// Nil if the caller has its answer already.
        let done: (@Sendable (Result<Void, StoreError>) -> Void)?
    }

    private struct Waiting {
        /// Those with a sign-in that was accepted go first: nobody's failures may slow them.
        var accepted: [Entry] = []
        var refused: [Entry] = []
        var count = 0

        mutating func append(_ entry: Entry) {
            count += entry.records.count
            if entry.records.contains(where: { $0.signIn.refusal == nil }) {
                accepted.append(entry)
            } else {
                refused.append(entry)
            }
        }

        /// What the next commit writes.
        mutating func takeBatch() -> [Entry] {
            let batch = Self.take(maximumBatch, from: &accepted) + Self.take(maximumRefusals, from: &refused)
            count -= batch.reduce(0) { $0 + $1.records.count }
            return batch
        }

        /// Entries of at most `limit` records together, and at least one.
        private static func take(_ limit: Int, from entries: inout [Entry]) -> [Entry] {
            var size = 0
            let end = entries.firstIndex { entry in
                size += entry.records.count
                return size > limit && size > entry.records.count
            }
            let taken = Array(entries[..<(end ?? entries.endIndex)])
            entries.removeFirst(taken.count)
            return taken
        }
    }

    private let database: any Database
    private let durability: Durability
    private let broadcast: SignInBroadcast
    private let report: @Sendable (StoreError) -> Void
    private let waiting = Mutex(Waiting())
    private let (wake, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// `report` is told of every commit that failed.
    public init(
        _ database: any Database, durability: Durability, broadcast: SignInBroadcast,
        report: @escaping @Sendable (StoreError) -> Void
    ) {
        self.database = database
        self.durability = durability
        self.broadcast = broadcast
        self.report = report
    }

    public func record(_ records: [SignInRecord], done: @escaping @Sendable (Result<Void, StoreError>) -> Void) {
        var isFirst = false
        let outcome = waiting.withLock { waiting -> Outcome in
            guard waiting.count < Self.maximumWaiting else { return .overflowing }
            let isAnsweredNow = durability == .relaxed && waiting.count < Self.maximumAhead
            isFirst = waiting.count == 0
            waiting.append(Entry(records: records, done: isAnsweredNow ? nil : done))
            return isAnsweredNow ? .answeredNow : .answeredLater
        }
        // Whoever writes goes on until nothing waits.
        if isFirst { waker.yield() }
        switch outcome {
        case .answeredNow: done(.success(()))
        case .answeredLater: break
        case .overflowing: done(.failure(StoreError("too many sign-ins wait to be recorded")))
        }
    }

    private enum Outcome { case answeredNow, answeredLater, overflowing }

    /// Writes until its task is cancelled, then what is left.
    public func run() async {
        await withTaskGroup { group in
            group.addTask { await self.writeAsWoken() }
            group.addTask { await self.digestWhenQuiet() }
        }
        await flush()
    }

    /// Writes all that waits now.
    public func flush() async {
        while true {
            let batch = waiting.withLock { $0.takeBatch() }
            guard !batch.isEmpty else { return }
            await commit(batch)
        }
    }

    private func writeAsWoken() async {
        for await _ in wake {
            if durability == .relaxed { try? await Task.sleep(for: Self.gathering) }  // cancelled: write at once
            await flush()
        }
    }

    /// A transaction must not be cancelled half-way through a batch, so the loop looks for the end by itself.
    private func digestWhenQuiet() async {
        var last: Int64 = -1
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: Self.quiet)
                let position = try await database.read { try AuditPosition($0) }
                // Quiet: nothing was added since the last look. Busy: enough has gathered to be worth a commit.
                if position.undigested > 0, position.end == last || position.undigested >= Self.digestAfter {
                    try await digest()
                }
                last = position.end
            } catch  where Task.isCancelled {
                return
            } catch {
                report(error as? StoreError ?? StoreError("\(error)"))
            }
        }
    }

    /// Brings last uses and the index by account up to the log's end, a bounded transaction at a time.
    public func digest() async throws {
        var rest: Int64 = 1
        while rest > 0, !Task.isCancelled {
            // Detached from the caller's cancellation, which would break off the transaction.
            rest = try await Task { [database] in try await database.transaction { try EventDigest.advance($0) } }.value
        }
    }

    private func commit(_ batch: [Entry]) async {
        let result: Result<Void, StoreError>
        do {
            try await write(batch.flatMap(\.records))
            result = .success(())
        } catch {
            let error = error as? StoreError ?? StoreError("\(error)")
            report(error)
            result = .failure(error)
        }
        for entry in batch { entry.done?(result) }
        if case .success = result { broadcast.publish(batch.lazy.flatMap(\.records).map(\.signIn)) }
    }

    private func write(_ records: [SignInRecord]) async throws {
        // Detached from the caller's cancellation: what waits at the end is still written.
        try await Task { [database] in
            try await database.transaction { connection in
                var audit = try AuditWriter(connection)
                for record in records {
                    try audit.append(AuditEvent(record.signIn), to: connection)
                    if let retag = record.retag { try Self.retag(retag, connection) }
                    if record.signIn.refusal == .awaitingApproval {
                        try SQLApprovals.ask(about: record.signIn, &audit, connection)
                    }
                    if record.endsPredecessor { try Self.endPredecessor(of: record.signIn, &audit, connection) }
                }
            }
        }.value
    }

    private static func retag(_ retag: StoredCredential.Retag, _ connection: any Connection) throws {
        try connection.execute(
            "UPDATE app_password SET verifier = ?, key_id = ? WHERE verifier = ?",
            .blob(retag.new.octets), .integer(Int64(retag.keyID)), .blob(retag.old.octets))
    }

    /// The replacement works: the app password that it replaces ends, once.
    private static func endPredecessor(
        of signIn: SignIn, _ audit: inout AuditWriter, _ connection: any Connection
    ) throws {
        guard let replacement = signIn.appPassword, let account = signIn.account,
            let predecessor = try connection.query(
                "SELECT predecessor FROM app_password WHERE id = ? AND predecessor IS NOT NULL",
                .blob(replacement.octets)
            ).first?.blob(0)
        else { return }
        try connection.execute("UPDATE app_password SET predecessor = NULL WHERE id = ?", .blob(replacement.octets))
        let ended = try connection.execute(
            "UPDATE app_password SET ended = ?, end_cause = 'rotated' WHERE id = ? AND (ended IS NULL OR ended > ?)",
            .integer(signIn.time.microseconds), .blob(predecessor), .integer(signIn.time.microseconds))
        guard ended == 1 else { return }
        try audit.append(
            AuditEvent(
                time: signIn.time, action: .appPasswordRevoked, actor: .system, account: account,
                appPassword: AppPasswordID(octets: predecessor), detail: "its replacement was used"), to: connection)
    }
}

/// How far the log and its digest are.
private struct AuditPosition: Sendable {
    let end: Int64
    let undigested: Int64

    init(_ connection: any Connection) throws {
        end = try connection.query("SELECT COALESCE(MAX(seq), 0) FROM audit_event").first?.integer(0) ?? 0
        undigested = end - (try EventDigest.position(connection))
    }
}
