public import Accounts
import Keyring
public import LatchkeyCore

/// Setup links in SQL.
public struct SQLSetupLinks: SetupLinkRepository {
    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func insert(
        _ link: SetupLink, tokenHash: [UInt8], at now: Timestamp, event: AuditEvent
    ) async throws -> Bool {
        try await database.transaction { connection in
            if let account = link.account {
                try connection.execute("DELETE FROM setup_link WHERE account = ?", .blob(account.octets))
            } else {
                guard try Self.hasNoAccount(connection) else { return false }
                try connection.execute("DELETE FROM setup_link WHERE account IS NULL")
            }
            try connection.execute("DELETE FROM setup_link WHERE expires <= ?", .integer(now.microseconds))
            try connection.execute(
                "INSERT INTO setup_link (token_hash, account, expires) VALUES (?, ?, ?)",
                .blob(tokenHash), .blob(link.account?.octets), .integer(link.expires.microseconds))
            try AuditWriter.write([event], to: connection)
            return true
        }
    }

    public func link(tokenHash: [UInt8], at now: Timestamp) async throws -> SetupLink? {
        try await database.read { try Self.link(tokenHash, at: now, $0) }
    }

    public func accept(_ acceptance: SetupAcceptance, of tokenHash: [UInt8]) async throws -> Bool {
        try await database.transaction { connection in
            let session = acceptance.session
            guard let link = try Self.link(tokenHash, at: session.created, connection),
                (link.account ?? acceptance.newcomer?.account.id) == session.account
            else { return false }
            try connection.execute("DELETE FROM setup_link WHERE token_hash = ?", .blob(tokenHash))
            if let newcomer = acceptance.newcomer {
                try SQLAccounts.insert(newcomer.account, event: newcomer.event, connection)
            }
            let account = SQLValue.blob(session.account.octets)
            try connection.execute("DELETE FROM portal_password WHERE account = ?", account)
            if let password = acceptance.password {
                try connection.execute(
                    "INSERT INTO portal_password (account, hash, created) VALUES (?, ?, ?)", account,
                    .text(password.hash.phc), .integer(password.set.microseconds))
            }
            let hadTOTP = try !connection.query(
                "SELECT 1 FROM totp WHERE account = ? AND state = 'active'", account
            ).isEmpty
            let hadMailbox = try FactorProof.hasMailbox(session.account, connection)
            let keys = try SQLWebAuthnCredentials.credentials(of: session.account, connection)
            let codes = try connection.query(
                "SELECT COUNT(*) FROM recovery_code WHERE account = ? AND used IS NULL", account
            ).first?.integer(0)
            let sessions = try connection.query(
                "SELECT COUNT(*) FROM session WHERE account = ? AND stage = ?", account,
                .text(Session.Stage.signedIn.rawValue)
            ).first?.integer(0)
            let identities = try SQLIdentities.identities(of: session.account, connection, .none)
            for table in ["totp", "code_mailbox", "recovery_code", "webauthn_credential", "oidc_identity", "session"] {
                try connection.execute("DELETE FROM \(table) WHERE account = ?", account)
            }
            try SQLSessions.insert(session, tokenHash: acceptance.sessionTokenHash, connection)
            var events = acceptance.events + keys.map { acceptance.keyRemoved($0) }
            events += identities.map { acceptance.identityUnlinked($0) }
            if hadTOTP { events.append(acceptance.totpRemoved) }
            if hadMailbox { events.append(acceptance.mailboxRemoved) }
            if let codes, codes > 0 { events.append(acceptance.recoveryCodesRemoved(Int(codes))) }
            if let sessions, sessions > 0 { events.append(acceptance.sessionsEnded(Int(sessions))) }
            try AuditWriter.write(events, to: connection)
            return true
        }
    }

    /// A link that may be used now. What is asked of it is asked again in the transaction that uses it.
    private static func link(_ tokenHash: [UInt8], at now: Timestamp, _ connection: any Connection) throws -> SetupLink?
    {
        let found = try connection.query(
            """
            SELECT l.account, l.expires FROM setup_link l LEFT JOIN account a ON a.id = l.account
            WHERE l.token_hash = ? AND l.expires > ? AND a.disabled IS NULL
            """, .blob(tokenHash), .integer(now.microseconds)
        ).first
        guard let found else { return nil }
        let account = try found.optionalBlob(0).map { octets in
            guard let account = AccountID(octets: octets) else { throw UnreadableRow("a setup link is for no account") }
            return account
        }
        guard try account != nil || hasNoAccount(connection) else { return nil }
        return SetupLink(account: account, expires: Timestamp(microseconds: try found.integer(1)))
    }

    private static func hasNoAccount(_ connection: any Connection) throws -> Bool {
        try connection.query("SELECT 1 FROM account LIMIT 1").isEmpty
    }
}
