public import LatchkeyCore

/// Revocations in SQL. `AuditWriter` enters an event that takes access away, so none is missed, whichever process it is in.
public struct SQLRevocations: RevocationFeed {
    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func position(of reader: String) async throws(StoreError) -> Int64 {
        try await StoreError.reporting {
            let known = try await database.read { try Self.position(of: reader, $0) }
            if let known { return known }
            return try await database.transaction { connection in
                try connection.execute(
                    """
                    INSERT INTO notice_position (reader, seq) SELECT ?, COALESCE(MAX(seq), 0) FROM audit_event WHERE true
                    ON CONFLICT (reader) DO NOTHING
                    """, .text(reader))
                return try Self.position(of: reader, connection) ?? 0
            }
        }
    }

    private static func position(of reader: String, _ connection: any Connection) throws -> Int64? {
        try connection.query("SELECT seq FROM notice_position WHERE reader = ?", .text(reader)).first?.integer(0)
    }

    public func revocations(after position: Int64, limit: Int) async throws(StoreError) -> [Revocation] {
        try await StoreError.reporting {
            try await database.read { connection in
                try connection.query(
                    """
                    SELECT \(AuditEntry.columns) FROM revocation r JOIN audit_event e ON e.seq = r.seq
                    WHERE r.seq > ? ORDER BY r.seq LIMIT ?
                    """, .integer(position), .integer(Int64(limit))
                ).map { try Self.revocation(AuditEntry($0), connection) }
            }
        }
    }

    public func advance(_ reader: String, to position: Int64) async throws(StoreError) {
        try await StoreError.reporting {
            try await database.transaction { connection in
                try connection.execute(
                    "UPDATE notice_position SET seq = ? WHERE reader = ?", .integer(position), .text(reader))
                for table in ["revocation", "former_name"] {
                    try connection.execute("DELETE FROM \(table) WHERE seq <= (SELECT MIN(seq) FROM notice_position)")
                }
            }
        }
    }

    private static func revocation(_ entry: AuditEntry, _ connection: any Connection) throws -> Revocation {
        let event = entry.event
        guard let account = event.account else {
            throw UnreadableRow("audit event \(entry.sequence) takes access away from nobody")
        }
        let names = try connection.query(
            """
            SELECT n.name, n.name = a.login FROM login_name n JOIN account a ON a.id = n.account WHERE n.account = ?
            UNION SELECT name, is_login = 1 FROM former_name WHERE account = ? AND seq >= ? ORDER BY 1
            """, .blob(account.octets), .blob(account.octets), .integer(entry.sequence)
        ).map { (name: try LoginName(stored: $0.text(0)), isLogin: try $0.integer(1) == 1) }
        let services = try event.appPassword.flatMap { appPassword in
            try connection.query("SELECT services FROM app_password WHERE id = ?", .blob(appPassword.octets)).first
        }
        return Revocation(
            sequence: entry.sequence, hash: entry.hash, action: event.action, time: event.time, account: account,
            login: names.first(where: \.isLogin)?.name, aliases: names.filter { !$0.isLogin }.map(\.name),
            appPassword: event.appPassword,
            services: try services.map { StoredScope.services(try $0.text(0)).sorted() } ?? [])
    }
}

/// Names that stop leading to their account with the change that is being made.
struct FormerNames {
    private let account: AccountID
    private let names: [(name: String, isLogin: Bool)]

    /// All names of `account` but those in `kept`. Read before the change.
    init(of account: AccountID, except kept: [LoginName] = [], _ connection: any Connection) throws {
        self.account = account
        let kept = Set(kept.map(\.text))
        names = try connection.query(
            "SELECT n.name, n.name = a.login FROM login_name n JOIN account a ON a.id = n.account WHERE n.account = ?",
            .blob(account.octets)
        ).map { (try $0.text(0), try $0.integer(1) == 1) }.filter { !kept.contains($0.name) }
    }

    /// Keeps them beside the event of the change, which takes access away if there is one.
    func keep(at sequence: Int64, _ connection: any Connection) throws {
        guard !names.isEmpty else { return }
        try connection.execute(
            "INSERT INTO revocation (seq) VALUES (?) ON CONFLICT DO NOTHING", .integer(sequence))
        for (name, isLogin) in names {
            try connection.execute(
                "INSERT INTO former_name (account, seq, name, is_login) VALUES (?, ?, ?, ?)", .blob(account.octets),
                .integer(sequence), .text(name), .integer(isLogin ? 1 : 0))
        }
    }
}
