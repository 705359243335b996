import Crypto
import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Storage

/// One store that has answered before, and a database that changes under it.
struct RememberedRowsTests {
    private struct Scene {
        let house: Installation
        let alice: Account
        let issued: AppPasswordIssuer.Issued
        let store: SQLiteCredentialStore

        init() async throws {
            house = try await Installation()
            alice = try await house.addAccount("alice@example.com", aliases: ["al@example.com"])
            issued = try await house.issue(to: alice)
            store = try SQLiteCredentialStore(house.database)
        }

        func find(_ name: String = "alice@example.com", _ secret: AppPasswordSecret? = nil) async throws
            -> CredentialFinding
        {
            let question = CredentialQuestion(login: try #require(LoginName(name)), secret: secret ?? issued.secret)
            let findings = try await withCheckedThrowingContinuation { continuation in
                store.find([question], keys: VerifierKeys(current: house.key)) { continuation.resume(with: $0) }
            }
            return try #require(findings.first)
        }

        /// As another process would: over a connection of its own.
        func elsewhere(_ statements: String...) async throws {
            let other = try await SQLiteDatabase.open(path: house.database.path)
            try await other.transaction { for statement in statements { try $0.execute(statement) } }
        }
    }

    @Test("what is remembered says what was read")
    func sameAnswer() async throws {
        let scene = try await Scene()
        let first = try await scene.find()
        let second = try await scene.find()
        #expect(first.account != nil && first.account == second.account)
        #expect(first.credential != nil && first.credential == second.credential)
        #expect(first.digest == second.digest)
    }

    @Test("a revocation holds from the next question on")
    func revocation() async throws {
        let scene = try await Scene()
        #expect(try await scene.find().credential?.endTime == nil)
        _ = try await scene.house.appPasswords.revoke(
            scene.issued.appPassword.id, at: scene.house.clock.now,
            event: scene.house.event(.appPasswordRevoked, scene.alice.id))
        #expect(try await scene.find().credential?.endTime == scene.house.clock.now)
    }

    @Test(
        "every change by another process holds from the next question on",
        arguments: [
            "UPDATE account SET disabled = 1", "UPDATE account SET group_names = 'staff'",
            "UPDATE account SET login = 'alicia@example.com'", "UPDATE account SET name = 'Alicia'",
            "UPDATE app_password SET services = 'smtp'", "UPDATE app_password SET networks = '192.0.2.0/24'",
            "UPDATE app_password SET expires = 1", "UPDATE app_password SET ended = 1",
            "UPDATE app_password SET predecessor = id", "DELETE FROM app_password", "DELETE FROM account",
            "DELETE FROM login_name WHERE name = 'alice@example.com'",
            "UPDATE login_name SET name = 'alicia@example.com' WHERE name = 'alice@example.com'",
            """
            INSERT OR REPLACE INTO app_password
            SELECT verifier, key_id, id, account, name, application, 'smtp', networks, format, created, expires, ended, end_cause,
                predecessor, successor FROM app_password
            """,
        ])
    func change(_ statement: String) async throws {
        let scene = try await Scene()
        let before = try await scene.find()
        #expect(before.credential != nil)
        try await scene.elsewhere(statement)
        let after = try? await scene.find()
        #expect(after?.account != before.account || after?.credential != before.credential)
    }

    @Test("what is remembered answers until the database's version rises")
    func version() async throws {
        let scene = try await Scene()
        let before = try await scene.find()
        try await scene.elsewhere("DROP TRIGGER app_password_update", "UPDATE app_password SET services = 'smtp'")
        #expect(try await scene.find().credential == before.credential)
        try await scene.elsewhere("UPDATE standing SET version = version + 1")
        #expect(try await scene.find().credential?.services == [.smtp])
    }

    @Test("a sign-in changes nothing that is remembered")
    func signIn() async throws {
        let scene = try await Scene()
        _ = try await scene.house.verify("alice", scene.issued.secret.display)
        _ = try await scene.find()
        try await scene.elsewhere("DROP TRIGGER app_password_update", "UPDATE app_password SET services = 'smtp'")
        _ = try await scene.house.verify("alice", scene.issued.secret.display)
        #expect(try await scene.find().credential?.services == [.imap, .smtp])
    }

    @Test("a new app password and a new alias of a remembered account work at once")
    func additions() async throws {
        let scene = try await Scene()
        _ = try await scene.find()
        let second = try await scene.house.issue(to: scene.alice, name: "Phone")
        #expect(try await scene.find("alice@example.com", second.secret).credential?.id == second.appPassword.id)
        #expect(try await scene.find().credential?.id == scene.issued.appPassword.id)
        #expect(try await scene.find("al@example.com").account?.id == scene.alice.id)
    }

    @Test("the secret of a remembered account is nobody else's, and another one is not its own")
    func wrong() async throws {
        let scene = try await Scene()
        let bob = try await scene.house.addAccount("bob@example.com")
        let his = try await scene.house.issue(to: bob)
        for _ in 0..<2 {
            #expect(try await scene.find().credential != nil)
            #expect(try await scene.find("bob@example.com", his.secret).credential != nil)
            #expect(try await scene.find("alice@example.com", his.secret).credential == nil)
            #expect(try await scene.find("bob@example.com").credential == nil)
        }
    }

    @Test("more accounts than are remembered are all answered")
    func crowd() throws {
        let rows = RememberedRows(maximumAccounts: 8)
        var rng = SplitMix64(seed: 1)
        let key = VerifierKey(id: 1, key: SymmetricKey(data: [UInt8](repeating: 7, count: 32)))
        func name(_ number: Int) throws -> LoginName { try #require(LoginName("user\(number)@example.com")) }
        for number in 0..<100 {
            let id = AccountID(at: Timestamp(seconds: 1), using: &rng)
            let standing = AccountStanding(id: id, login: try name(number), name: "", isDisabled: false)
            let credential = StoredCredential(
                id: AppPasswordID(at: Timestamp(seconds: 1), using: &rng), services: [.imap], networks: [],
                expires: nil, endTime: nil)
            let tag = key.tag(for: AppPasswordSecret.generate(.standard, using: &rng), of: id)
            rows.keep(standing, credential, tag, as: try name(number), at: 1)
            #expect(rows.account(named: try name(number), at: 1)?.credential(tag) == credential)
            #expect(rows.account(named: try name(number), at: 2) == nil)
        }
        let remembered = try (0..<100).count { rows.account(named: try name($0), at: 1) != nil }
        #expect((8...16).contains(remembered))
    }
}
