import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Storage

struct AuditLogTests {
    @Test("a log that nobody touched is intact, and its head is its last hash")
    func intact() async throws {
        let house = try await Installation()
        #expect(try await house.audit.verify() == .intact(count: 0, head: [UInt8](repeating: 0, count: 32)))
        let alice = try await house.addAccount("alice@example.com")
        let issued = try await house.issue(to: alice)
        _ = try await house.verify("alice", issued.secret.display)
        let last = try #require(try await house.audit.entries(matching: AuditFilter(), limit: 1).first)
        #expect(try await house.audit.verify() == .intact(count: 3, head: last.hash))
    }

    @Test(
        "any tampering shows, at its place",
        arguments: [
            ("UPDATE audit_event SET time = time + 1 WHERE seq = 2", 2),
            ("UPDATE audit_event SET detail = 'x' WHERE seq = 3", 3),
            ("UPDATE audit_event SET action = 'nonsense' WHERE seq = 1", 1),
            ("DELETE FROM audit_event WHERE seq = 2", 2),
            ("UPDATE audit_event SET hash = zeroblob(32) WHERE seq = 4", 4),
            ("UPDATE audit_event SET refusal = 'revoked' WHERE seq = 1", 1),
            ("UPDATE audit_event SET refusal = 'no-such' WHERE seq = 1", 1),
            ("UPDATE audit_event SET service = '!' WHERE seq = 1", 1),
        ])
    func tampering(sql: String, place: Int64) async throws {
        let house = try await Installation()
        try await house.audit.append((0..<5).map { _ in house.event(.accountChanged) })
        _ = try await house.database.transaction { try $0.execute(sql) }
        let broken = try await house.audit.verify()
        #expect(broken == .broken(at: place))
    }

    @Test("events of an account are found through the digest and beyond it, newest first, in pages")
    func byAccount() async throws {
        let house = try await Installation()
        let alice = try await house.addAccount("alice@example.com")
        let bob = try await house.addAccount("bob@example.com")
        let journal = GroupCommitJournal(house.database, durability: .strict, broadcast: SignInBroadcast()) { _ in }
        func append(_ count: Int) async throws {
            for _ in 0..<count {
                try await house.audit.append([
                    house.event(.accountChanged, alice.id), house.event(.accountChanged, bob.id),
                ])
            }
        }
        try await append(10)
        try await journal.digest()
        try await append(10)
        let all = try await house.audit.entries(matching: AuditFilter(account: alice.id), limit: 100)
        #expect(all.count == 21)
        #expect(all.map(\.sequence) == all.map(\.sequence).sorted(by: >))
        #expect(all.allSatisfy { $0.event.account == alice.id })
        var paged: [AuditEntry] = []
        while true {
            let page = try await house.audit.entries(
                matching: AuditFilter(account: alice.id, before: paged.last?.sequence), limit: 4)
            if page.isEmpty { break }
            paged += page
        }
        #expect(paged == all)
    }

    @Test("the export gives every event once, in order")
    func export() async throws {
        let house = try await Installation()
        try await house.audit.append((0..<2_500).map { _ in house.event(.accountChanged) })
        let collected = Collected()
        try await house.audit.export(after: 0) { collected.add($0.map(\.sequence)) }
        #expect(collected.all == Array(1...2_500))
    }

    @Test("two processes that write at once make one chain")
    func twoWriters() async throws {
        let house = try await Installation()
        let other = try await Installation(directory: house.directory)
        try await withThrowingTaskGroup { group in
            for turn in 0..<40 {
                let writer = turn.isMultiple(of: 2) ? house : other
                group.addTask { try await writer.audit.append([writer.event(.accountChanged)]) }
            }
            try await group.waitForAll()
        }
        guard case .intact(count: 40, _) = try await house.audit.verify() else {
            Issue.record("the chain is broken")
            return
        }
    }
}
