public import Accounts
public import Keyring
public import LatchkeyCore

/// Portal passwords in SQL.
public struct SQLPortalPasswords: PortalPasswordRepository {
    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func password(of account: AccountID) async throws -> StoredPassword? {
        try await database.read { connection in
            try connection.query("SELECT hash, created FROM portal_password WHERE account = ?", .blob(account.octets))
                .first.map { row in
                    guard let hash = PasswordHash(phc: try row.text(0)) else {
                        throw UnreadableRow("a portal password is no Argon2id hash")
                    }
                    return StoredPassword(hash: hash, set: Timestamp(microseconds: try row.integer(1)))
                }
        }
    }

    public func replace(
        _ old: PasswordHash, by new: StoredPassword, of account: AccountID, keeping kept: Identifier<Session>,
        event: AuditEvent
    ) async throws -> Bool {
        try await database.transaction { connection in
            let changed = try connection.execute(
                "UPDATE portal_password SET hash = ?, created = ? WHERE account = ? AND hash = ?",
                .text(new.hash.phc), .integer(new.set.microseconds), .blob(account.octets), .text(old.phc))
            guard changed == 1 else { return false }
            try connection.execute(
                "DELETE FROM session WHERE account = ? AND id <> ?", .blob(account.octets), .blob(kept.octets))
            try AuditWriter.write([event], to: connection)
            return true
        }
    }

    public func add(_ new: StoredPassword, in session: Session, event: AuditEvent) async throws -> PasswordAddition {
        let account = SQLValue.blob(session.account.octets)
        return try await database.transaction { connection in
            let alive = try connection.query(
                """
                SELECT 1 FROM session WHERE id = ? AND account = ? AND stage = ?
                AND account IN (SELECT id FROM account WHERE disabled IS NULL)
                """, .blob(session.id.octets), account, .text(Session.Stage.signedIn.rawValue))
            guard !alive.isEmpty else { return .ended }
            let passkeys = try connection.query(
                "SELECT 1 FROM webauthn_credential WHERE account = ? AND kind = ? LIMIT 1", account,
                .text(WebAuthnCredential.Kind.passkey.rawValue))
            guard !passkeys.isEmpty else { return .noPasskey }
            let added = try connection.execute(
                "INSERT INTO portal_password (account, hash, created) VALUES (?, ?, ?) ON CONFLICT (account) DO NOTHING",
                account, .text(new.hash.phc), .integer(new.set.microseconds))
            guard added == 1 else { return .exists }
            try AuditWriter.write([event], to: connection)
            return .added
        }
    }

    public func set(_ new: StoredPassword, of account: AccountID, event: AuditEvent) async throws {
        try await database.transaction { connection in
            try connection.execute(
                """
                INSERT INTO portal_password (account, hash, created) VALUES (?, ?, ?)
                ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, created = excluded.created
                """, .blob(account.octets), .text(new.hash.phc), .integer(new.set.microseconds))
            try connection.execute("DELETE FROM session WHERE account = ?", .blob(account.octets))
            try AuditWriter.write([event], to: connection)
        }
    }

    public func rehash(_ old: PasswordHash, as new: PasswordHash, of account: AccountID) async throws {
        _ = try await database.transaction { connection in
            try connection.execute(
                "UPDATE portal_password SET hash = ? WHERE account = ? AND hash = ?",
                .text(new.phc), .blob(account.octets), .text(old.phc))
        }
    }
}
