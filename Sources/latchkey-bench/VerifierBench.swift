import Foundation
import LatchkeyCore
import Storage

/// The verifier alone: no door, no socket; with and without the journal behind it.
struct VerifierBench {
    let database: SQLiteDatabase
    let accounts: Int
    let perAccount: Int

    struct Figure {
        let perSecond: Double
        let processorMicroseconds: Double
    }

    /// Verdicts alone, then with the record of each.
    func run(count: Int) async throws {
        Report.heading("Verifier alone")
        let table = Table("what", "verdicts/s", "CPU µs per verdict", "CPU µs of the rest of the record")
        for batch in [1, 8, 64] {
            let figure = try await measure(batch: batch, count: count, journal: NoJournal())
            table.row(
                "no record, \(batch) together", "\(Int(figure.perSecond))", figure.processorMicroseconds.hundredths, "–"
            )
        }
        for durability in GroupCommitJournal.Durability.allCases {
            let journal = GroupCommitJournal(database, durability: durability, broadcast: SignInBroadcast()) {
                Report.progress("journal: \($0)")
            }
            let writing = Task { await journal.run() }
            let figure = try await measure(batch: 512, count: count, journal: journal)
            let before = ProcessorTime.ofThisProcess()
            writing.cancel()
            await writing.value
            try await journal.digest()
            let rest = (ProcessorTime.ofThisProcess() - before) / Double(count)
            table.row(
                "recorded \(durability.rawValue), 512 together", "\(Int(figure.perSecond))",
                figure.processorMicroseconds.hundredths, rest.hundredths)
        }
        table.end()
    }

    /// `count` accepted sign-ins of random accounts, `batch` at a time.
    func measure(batch: Int, count: Int, journal: any SignInJournal) async throws -> Figure {
        let verifier = LedgerVerifier(
            store: try SQLiteCredentialStore(database), keys: VerifierKeys(current: Seed.key), journal: journal,
            portalPasswords: NoPortalPasswords(), defaultDomain: Seed.domain, now: { Seed.epoch + .days(1) })
        let attempts = self.attempts(count + batch)
        // The first batch pays for opening the connection and compiling its statements.
        try await verify(Array(attempts.prefix(batch)), with: verifier)
        let startedAt = ContinuousClock.now
        let processor = ProcessorTime.ofThisProcess()
        for start in stride(from: batch, to: attempts.count, by: batch) {
            try await verify(Array(attempts[start..<min(start + batch, attempts.count)]), with: verifier)
        }
        let elapsed = ContinuousClock.now - startedAt
        let spent = ProcessorTime.ofThisProcess() - processor
        return Figure(
            perSecond: Double(count) / (Double(elapsed.microseconds) / 1_000_000),
            processorMicroseconds: spent / Double(count))
    }

    private func attempts(_ count: Int) -> [Attempt] {
        var rng = Numbers(seed: 42)
        return (0..<count).map { _ in
            let account = Int.random(in: 0..<accounts, using: &rng)
            let place = Int.random(in: 0..<perAccount, using: &rng)
            return Attempt(
                authcid: Seed.login(account), secret: Seed.secret(account, place).display, service: .imap,
                door: .dovecot,
                address: IPAddress("192.0.2.7"))
        }
    }

    private func verify(_ attempts: [Attempt], with verifier: LedgerVerifier) async throws {
        let refused = await withCheckedContinuation { continuation in
            verifier.verify(attempts) { verdicts in
                continuation.resume(returning: verdicts.count { $0.refusal != nil })
            }
        }
        guard refused == 0 else { throw WrongAnswers(who: "the verifier", count: refused) }
    }
}

struct NoPortalPasswords: PortalPasswordProbe {
    func isPortalPassword(_ secret: Secret, of account: AccountID, answer: @escaping @Sendable (Bool) -> Void) {
        answer(false)
    }
}

/// Records nothing, to tell the verdict's own cost from the record's.
struct NoJournal: SignInJournal {
    func record(_ records: [SignInRecord], done: @escaping @Sendable (Result<Void, StoreError>) -> Void) {
        done(.success(()))
    }
}
