import Foundation
import GRDB
import LatchkeyCore
import LatchkeyTesting
import Synchronization
import Testing

@testable import Storage

struct DatabaseTests {
    @Test("commits are synchronous: nothing acknowledged is lost with the power")
    func synchronous() async throws {
        let house = try await Installation()
        let mode = try await house.database.transaction { try $0.query("PRAGMA synchronous").first?.integer(0) }
        #expect(mode == 2)
    }

    @Test("a transaction that throws leaves nothing")
    func rollback() async throws {
        let house = try await Installation()
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            try await house.database.transaction { connection -> Void in
                try connection.execute("INSERT INTO digest (one, seq) VALUES (2, 2)")
                throw Stop()
            }
        }
        #expect(try await house.database.read { try $0.query("SELECT * FROM digest").count } == 1)
    }

    @Test("a database of a newer version is refused, by name")
    func newer() async throws {
        let house = try await Installation()
        _ = try await house.database.transaction {
            try $0.execute("INSERT INTO migration (name) VALUES ('9999_future')")
        }
        do {
            try await Migrator().migrate(house.database)
            Issue.record("accepted")
        } catch let error as NewerDatabase {
            #expect("\(error)".contains("9999_future"))
        }
    }

    @Test("what is no database is named as such")
    func notADatabase() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("latchkey.db")
        try Data(repeating: 65, count: 4_096).write(to: URL(filePath: path))
        do {
            _ = try await SQLiteDatabase.open(path: path)
            Issue.record("opened")
        } catch {
            #expect(error.description.contains("is no Latchkey database"))
        }
    }

    @Test("a database that another process holds is temporary trouble, not a refusal")
    func locked() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com")
        let issued = try await house.issue(to: alice)
        let impatient = try await SQLiteDatabase.open(path: house.directory.path("latchkey.db"), patience: 0.05)
        var configuration = GRDB.Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: house.directory.path("latchkey.db"), configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        let failures = Collected()
        let journal = GroupCommitJournal(impatient, durability: .strict, broadcast: SignInBroadcast()) { _ in
            failures.add([1])
        }
        let clock = house.clock
        let verifier = LedgerVerifier(
            store: try SQLiteCredentialStore(impatient), keys: VerifierKeys(current: house.key), journal: journal,
            portalPasswords: ScriptedPortalPasswords(), defaultDomain: "example.com", now: { clock.now })
        await withTaskGroup { group in
            group.addTask { await journal.run() }
            let attempt = Attempt(authcid: "alice", secret: issued.secret.display, service: .imap, door: .dovecot)
            #expect(await verifier.verify(attempt).refusal == .unavailable)
            #expect(failures.all == [1])
            group.cancelAll()
        }
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(try await house.verify("alice", issued.secret.display).refusal == nil)
    }
}

struct GroupCommitJournalTests {
    @Test(
        "sign-ins that arrive together share commits, and every one is answered and published",
        arguments: [
            GroupCommitJournal.Durability.strict, .relaxed,
        ])
    func groups(durability: GroupCommitJournal.Durability) async throws {
        let house = try await Installation()
        let broadcast = SignInBroadcast()
        let journal = GroupCommitJournal(house.database, durability: durability, broadcast: broadcast) { _ in }
        let signIn = SignIn(
            time: house.clock.now, account: nil, appPassword: nil, refusal: .unknown, service: .imap, door: .dovecot,
            address: nil, client: nil, triedName: nil)
        let listener = Task { [stream = broadcast.signIns()] in
            for await _ in stream { return true }
            return false
        }
        await withTaskGroup { group in
            let running = Task { await journal.run() }
            for _ in 0..<500 {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        journal.record([SignInRecord(signIn)]) { result in
                            if case .failure(let error) = result { Issue.record("\(error)") }
                            continuation.resume()
                        }
                    }
                }
            }
            await group.waitForAll()
            running.cancel()
            await running.value
        }
        #expect(await listener.value)
        guard case .intact(count: 500, _) = try await house.audit.verify() else {
            Issue.record("not all were recorded")
            return
        }
    }
}

/// Numbers gathered from closures on any thread.
final class Collected: Sendable {
    private let numbers = Mutex<[Int64]>([])

    var all: [Int64] { numbers.withLock { $0 } }

    func add(_ more: [Int64]) {
        numbers.withLock { $0 += more }
    }
}
