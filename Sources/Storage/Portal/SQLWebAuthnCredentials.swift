public import Accounts
public import LatchkeyCore
public import WebAuthn

/// Passkeys and security keys in SQL.
public struct SQLWebAuthnCredentials: WebAuthnCredentialRepository {
    private static let columns =
        "c.credential, c.id, c.account, c.kind, c.name, c.public_key, c.sign_count, c.user_verified, c.backup_eligible, c.backed_up, c.transports, c.aaguid, c.attestation, c.created, c.last_use"

    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func userHandle(of account: AccountID, orElse candidate: UserHandle) async throws -> UserHandle {
        try await database.transaction { connection in
            try connection.execute(
                "INSERT INTO webauthn_user (account, handle) VALUES (?, ?) ON CONFLICT (account) DO NOTHING",
                .blob(account.octets), .blob(candidate.octets))
            let kept = try connection.query(
                "SELECT handle FROM webauthn_user WHERE account = ?", .blob(account.octets)
            ).first?.blob(0)
            guard let handle = kept.flatMap({ UserHandle($0) }) else {
                throw UnreadableRow("an account has no user handle")
            }
            return handle
        }
    }

    public func credentials(of account: AccountID) async throws -> [WebAuthnCredential] {
        try await database.read { try Self.credentials(of: account, $0) }
    }

    static func credentials(of account: AccountID, _ connection: any Connection) throws -> [WebAuthnCredential] {
        try connection.query(
            "SELECT \(columns) FROM webauthn_credential c WHERE c.account = ? ORDER BY c.created, c.id",
            .blob(account.octets)
        ).map { try WebAuthnCredential($0) }
    }

    public func credential(_ id: CredentialID) async throws -> (credential: WebAuthnCredential, owner: UserHandle)? {
        try await database.read { connection in
            let row = try connection.query(
                """
                SELECT \(Self.columns), u.handle FROM webauthn_credential c JOIN webauthn_user u ON u.account = c.account
                WHERE c.credential = ?
                """, .blob(id.octets)
            ).first
            guard let row else { return nil }
            guard let owner = UserHandle(try row.blob(15)) else { throw UnreadableRow("a user handle is none") }
            return (try WebAuthnCredential(row), owner)
        }
    }

    public func reportCopy(answering challenge: [UInt8], event: AuditEvent) async throws -> Bool {
        try await database.transaction { connection in
            guard try FactorProof.spend(challenge, at: event.time, connection) else { return false }
            try AuditWriter.write([event], to: connection)
            return true
        }
    }

    public func rename(
        _ id: Identifier<WebAuthnCredential>, of account: AccountID, to name: String, event: AuditEvent
    ) async throws -> Bool {
        try await database.transaction { connection in
            let changed = try connection.execute(
                "UPDATE webauthn_credential SET name = ? WHERE id = ? AND account = ?", .text(name), .blob(id.octets),
                .blob(account.octets))
            guard changed == 1 else { return false }
            try AuditWriter.write([event], to: connection)
            return true
        }
    }
}

extension WebAuthnCredential {
    fileprivate init(_ row: Row) throws {
        guard let credential = CredentialID(try row.blob(0)),
            let id = Identifier<WebAuthnCredential>(octets: try row.blob(1)),
            let account = AccountID(octets: try row.blob(2)), let kind = Kind(rawValue: try row.text(3)),
            let aaguid = AAGUID(try row.blob(11)), let attestation = Attestation(rawValue: try row.text(12)),
            let signCount = UInt32(exactly: try row.integer(6))
        else { throw UnreadableRow("a passkey or security key has no id, account, kind, model or counter") }
        self.init(
            id: id, account: account, kind: kind, name: try row.text(4),
            stored: WebAuthn.StoredCredential(
                id: credential, publicKey: try row.blob(5), signCount: signCount,
                isUserVerificationInitialized: try row.integer(7) != 0, isBackupEligible: try row.integer(8) != 0,
                isBackedUp: try row.integer(9) != 0,
                transports: try row.text(10).split(separator: " ").compactMap {
                    AuthenticatorTransport(rawValue: String($0))
                },
                aaguid: aaguid, attestation: attestation),
            added: Timestamp(microseconds: try row.integer(13)),
            lastUse: try row.optionalInteger(14).map { Timestamp(microseconds: $0) })
    }

    /// False if somebody has it already.
    func insert(_ connection: any Connection) throws -> Bool {
        let inserted = try connection.execute(
            """
            INSERT INTO webauthn_credential (credential, id, account, kind, name, public_key, sign_count, user_verified,
                backup_eligible, backed_up, transports, aaguid, attestation, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (credential) DO NOTHING
            """,
            .blob(stored.id.octets), .blob(id.octets), .blob(account.octets), .text(kind.rawValue), .text(name),
            .blob(stored.publicKey), .integer(Int64(stored.signCount)),
            .integer(stored.isUserVerificationInitialized ? 1 : 0), .integer(stored.isBackupEligible ? 1 : 0),
            .integer(stored.isBackedUp ? 1 : 0), .text(stored.transports.map(\.rawValue).joined(separator: " ")),
            .blob(stored.aaguid.octets), .text(stored.attestation.rawValue), .integer(added.microseconds))
        return inserted == 1
    }
}
