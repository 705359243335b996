import Crypto
import Foundation
import LatchkeyCore
import LatchkeyTesting
import Testing

@testable import Storage

/// A migrated database in a directory of its own, with what stands on it.
struct Installation {
    let directory: TemporaryDirectory
    let database: SQLiteDatabase
    let clock = ManualClock()
    let key = VerifierKey(id: 1, key: SymmetricKey(data: [UInt8](repeating: 7, count: 32)))

    var accounts: SQLAccounts { SQLAccounts(database) }
    var appPasswords: SQLAppPasswords { SQLAppPasswords(database) }
    var audit: SQLAuditLog { SQLAuditLog(database) }
    var issuer: AppPasswordIssuer { AppPasswordIssuer(repository: appPasswords, key: key) }

    init(directory: TemporaryDirectory? = nil, migrator: Migrator = Migrator()) async throws {
        self.directory = try directory ?? TemporaryDirectory()
        database = try await SQLiteDatabase.open(path: self.directory.path("latchkey.db"))
        try await migrator.migrate(database)
    }

    func event(_ action: AuditEvent.Action, _ account: AccountID? = nil) -> AuditEvent {
        AuditEvent(time: clock.now, action: action, actor: .machineUser("test"), account: account)
    }

    func addAccount(_ login: String, aliases: [String] = []) async throws -> Account {
        var rng = SystemRandomNumberGenerator()
        let account = Account(
            id: AccountID(at: clock.now, using: &rng), login: try #require(LoginName(login)),
            aliases: aliases.compactMap { LoginName($0) }, name: login, created: clock.now)
        try await accounts.insert(account, event: event(.accountCreated, account.id))
        return account
    }

    func issue(
        to account: Account, name: String = "Thunderbird", services: [String] = ["imap", "smtp"],
        lifetime: Duration? = nil
    ) async throws -> AppPasswordIssuer.Issued {
        var rng = SystemRandomNumberGenerator()
        return try await issuer.create(
            AppPasswordIssuer.Request(name: name, application: "email-client", services: services, lifetime: lifetime),
            for: account.id, actor: .machineUser("test"), at: clock.now, using: &rng)
    }

    /// Signs in once through a real verifier and journal.
    func verify(
        _ authcid: String, _ secret: Secret, service: Service = .imap, keys: VerifierKeys? = nil,
        durability: GroupCommitJournal.Durability = .strict, from address: String? = "192.0.2.7",
        client: String? = nil, store: SQLiteCredentialStore? = nil
    ) async throws -> Verdict {
        let journal = GroupCommitJournal(database, durability: durability, broadcast: SignInBroadcast()) { _ in }
        let clock = clock
        let verifier = LedgerVerifier(
            store: try store ?? SQLiteCredentialStore(database), keys: keys ?? VerifierKeys(current: key),
            journal: journal,
            portalPasswords: ScriptedPortalPasswords(), defaultDomain: "example.com", now: { clock.now })
        return await withTaskGroup { group in
            group.addTask { await journal.run() }
            let verdict = await verifier.verify(
                Attempt(
                    authcid: authcid, secret: secret, service: service, door: .dovecot,
                    address: address.flatMap { IPAddress($0) }, client: client))
            group.cancelAll()
            await group.waitForAll()
            return verdict
        }
    }
}
