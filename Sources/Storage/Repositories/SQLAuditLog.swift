public import LatchkeyCore

/// The audit log in SQL. By account it reads the index of events and, beyond what that covers, the log's end.
public struct SQLAuditLog: AuditLog {
    private static let page = 1_000

    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func append(_ events: [AuditEvent]) async throws {
        try await database.transaction { try AuditWriter.write(events, to: $0) }
    }

    public func entries(matching filter: AuditFilter, limit: Int) async throws -> [AuditEntry] {
        try await database.read { connection in
            guard let account = filter.account else {
                return try Self.entries(from: "audit_event e", where: [], [], filter, limit, connection)
            }
            // The undigested end of the log is newer than all that the index covers: read it first.
            let digested = try EventDigest.position(connection)
            let recent = try Self.entries(
                from: "audit_event e", where: ["e.seq > ?", "e.account = ?"],
                [.integer(digested), .blob(account.octets)], filter, limit, connection)
            guard recent.count < limit else { return recent }
            return recent
                + (try Self.entries(
                    from: "account_event i JOIN audit_event e ON e.seq = i.seq",
                    where: ["i.account = ?", "i.seq <= ?"], [.blob(account.octets), .integer(digested)],
                    filter, limit - recent.count, connection))
        }
    }

    private static func entries(
        from tables: String, where conditions: [String], _ values: [SQLValue], _ filter: AuditFilter, _ limit: Int,
        _ connection: any Connection
    ) throws -> [AuditEntry] {
        var conditions = conditions
        var values = values
        func require(_ condition: String, _ value: SQLValue) {
            conditions.append(condition)
            values.append(value)
        }
        if let before = filter.before { require("e.seq < ?", .integer(before)) }
        if let appPassword = filter.appPassword { require("e.app_password = ?", .blob(appPassword.octets)) }
        if let action = filter.action { require("e.action = ?", .text(action.rawValue)) }
        if let since = filter.since { require("e.time >= ?", .integer(since.microseconds)) }
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let sql = "SELECT \(AuditEntry.columns) FROM \(tables) \(condition) ORDER BY e.seq DESC LIMIT ?"
        return try connection.query(sql, values + [.integer(Int64(limit))]).map(AuditEntry.init)
    }

    public func verify() async throws -> AuditVerification {
        var chain = AuditChain()
        while true {
            let rows = try await page(after: chain.sequence)
            for row in rows {
                let place = chain.sequence + 1
                do {
                    let entry = try AuditEntry(row)
                    chain.append(entry.event)
                    guard entry.sequence == place, entry.hash == chain.head else { return .broken(at: place) }
                } catch is UnreadableRow {
                    return .broken(at: place)
                }
            }
            if rows.count < Self.page { return .intact(count: chain.sequence, head: chain.head) }
        }
    }

    public func export(after sequence: Int64, each: @Sendable ([AuditEntry]) throws -> Void) async throws {
        var sequence = sequence
        while true {
            let entries = try await page(after: sequence).map(AuditEntry.init)
            try each(entries)
            guard let last = entries.last, entries.count == Self.page else { return }
            sequence = last.sequence
        }
    }

    private func page(after sequence: Int64) async throws -> [Row] {
        try await database.read { connection in
            try connection.query(
                "SELECT \(AuditEntry.columns) FROM audit_event e WHERE e.seq > ? ORDER BY e.seq LIMIT ?",
                .integer(sequence), .integer(Int64(Self.page)))
        }
    }
}
