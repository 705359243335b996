public import Accounts
public import LatchkeyCore

/// Mailboxes for one-time codes, and the codes on their way, in SQL.
public struct SQLCodeMailboxes: CodeMailboxRepository {
    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func insert(_ code: SentCode, event: AuditEvent) async throws -> Bool {
        try await database.transaction { connection in
            let session = SQLValue.blob(code.session.octets)
            guard try !connection.query("SELECT 1 FROM session WHERE id = ?", session).isEmpty else { return false }
            try connection.execute(
                "DELETE FROM mailed_code WHERE session = ? AND sent <= ?", session,
                .integer(FactorProof.oldestMailedCode(at: code.time).microseconds))
            try connection.execute(
                """
                INSERT INTO mailed_code (session, tag, address, sent) VALUES (?, ?, ?, ?)
                ON CONFLICT (session, tag) DO UPDATE SET address = excluded.address, sent = excluded.sent, used = NULL
                """, session, .blob(code.tag), .text(code.address.text), .integer(code.time.microseconds))
            try AuditWriter.write([event], to: connection)
            return true
        }
    }

    public func guardedDomains() async throws -> Set<String> {
        try await database.read { connection in
            // What follows the first @; a local part may have more of them.
            let ends = try connection.query(
                "SELECT DISTINCT substr(name, instr(name, '@') + 1) FROM login_name WHERE instr(name, '@') > 0")
            return Set(try ends.compactMap { try $0.text(0).split(separator: "@").last.map(String.init) })
        }
    }

    static func mailbox(
        of account: AccountID, _ connection: any Connection, areMailed: Bool
    ) throws -> CodeMailbox? {
        let found = try connection.query(
            """
            SELECT m.address, m.since, m.last_use, a.roles FROM code_mailbox m JOIN account a ON a.id = m.account
            WHERE m.account = ?
            """, .blob(account.octets)
        ).first
        guard let found else { return nil }
        guard let address = MailAddress(try found.text(0)) else {
            throw UnreadableRow("a mailbox for codes has no address")
        }
        return CodeMailbox(
            address: address, since: Timestamp(microseconds: try found.integer(1)),
            lastUse: try found.optionalInteger(2).map { Timestamp(microseconds: $0) },
            isUsable: try areMailed && found.text(3).isEmpty)
    }
}
