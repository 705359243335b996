public import LatchkeyCore

/// App passwords in SQL.
public struct SQLAppPasswords: AppPasswordRepository {
    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func insert(
        _ appPassword: AppPassword, tag: VerifierTag, keyID: Int, limit: Int, event: AuditEvent
    ) async throws {
        try await database.transaction { connection in
            let working = try connection.query(
                """
                SELECT COUNT(*) FROM app_password
                WHERE account = ? AND (expires IS NULL OR expires > ?) AND (ended IS NULL OR ended > ?)
                """,
                .blob(appPassword.account.octets), .integer(appPassword.created.microseconds),
                .integer(appPassword.created.microseconds)
            ).first?.integer(0)
            if let working, working >= Int64(limit) {
                throw InvalidInput(
                    field: "name",
                    text: "There are \(limit) app passwords already, the most there may be: revoke one first.")
            }
            try Self.insert(appPassword, tag, keyID, connection)
            try AuditWriter.write([event], to: connection)
        }
    }

    public func appPassword(_ id: AppPasswordID) async throws -> AppPassword? {
        try await database.read { try Self.select("p.id = ?", [.blob(id.octets)], $0).first }
    }

    public func appPasswords(
        of account: AccountID, includingEnded: Bool, at now: Timestamp
    ) async throws -> [AppPassword] {
        let all = try await database.read { try Self.select("p.account = ?", [.blob(account.octets)], $0) }
        return all.filter { includingEnded || [.active, .retiring].contains($0.state(at: now)) }
            .sorted { ($0.created, $0.id.description) > ($1.created, $1.id.description) }
    }

    public func replace(
        _ old: AppPasswordID, by replacement: AppPassword, tag: VerifierTag, keyID: Int, end: Timestamp,
        event: AuditEvent
    ) async throws -> Bool {
        try await database.transaction { connection in
            let changed = try connection.execute(
                "UPDATE app_password SET ended = ?, end_cause = ?, successor = ? WHERE id = ? AND ended IS NULL",
                .integer(end.microseconds), .text(AppPassword.End.Cause.rotated.rawValue), .blob(replacement.id.octets),
                .blob(old.octets))
            guard changed == 1 else { return false }
            try Self.insert(replacement, tag, keyID, connection)
            try SQLApprovals.inherit(replacement.id, from: old, connection)
            try AuditWriter.write([event], to: connection)
            return true
        }
    }

    public func revoke(_ id: AppPasswordID, at now: Timestamp, event: AuditEvent) async throws -> Bool {
        try await database.transaction { connection in
            let changed = try connection.execute(
                "UPDATE app_password SET ended = ?, end_cause = ? WHERE id = ? AND (ended IS NULL OR ended > ?)",
                .integer(now.microseconds), .text(AppPassword.End.Cause.revoked.rawValue), .blob(id.octets),
                .integer(now.microseconds))
            guard changed == 1 else { return false }
            try AuditWriter.write([event], to: connection)
            return true
        }
    }

    private static func insert(
        _ appPassword: AppPassword, _ tag: VerifierTag, _ keyID: Int, _ connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO app_password (verifier, key_id, id, account, name, application, services, networks, format, created,
                expires, ended, end_cause, predecessor, successor)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .blob(tag.octets), .integer(Int64(keyID)), .blob(appPassword.id.octets), .blob(appPassword.account.octets),
            .text(appPassword.name), .text(appPassword.application),
            .text(StoredScope.write(appPassword.services)), .text(StoredScope.write(appPassword.networks)),
            .text(appPassword.format.rawValue), .integer(appPassword.created.microseconds),
            .integer(appPassword.expires?.microseconds), .integer(appPassword.end?.time.microseconds),
            .text(appPassword.end?.cause.rawValue), .blob(appPassword.predecessor?.octets),
            .blob(appPassword.successor?.octets))
    }

    private static func select(
        _ condition: String, _ values: [SQLValue], _ connection: any Connection
    ) throws -> [AppPassword] {
        let recent = try recentUses(condition, values, connection)
        return try connection.query(
            """
            SELECT p.id, p.account, p.name, p.application, p.services, p.networks, p.format, p.created, p.expires, p.ended,
                p.end_cause, p.predecessor, p.successor, u.time, u.service, u.address, u.client
            FROM app_password p LEFT JOIN last_use u ON u.app_password = p.id WHERE \(condition)
            """, values
        ).map { row in
            var appPassword = try AppPassword(row)
            if let use = recent[appPassword.id] { appPassword.lastUse = use }
            return appPassword
        }
    }

    /// Uses that are in the log but not yet in `last_use`.
    private static func recentUses(
        _ condition: String, _ values: [SQLValue], _ connection: any Connection
    ) throws -> [AppPasswordID: AppPassword.LastUse] {
        let rows = try connection.query(
            """
            SELECT e.app_password, e.time, e.service, e.address, e.client
            FROM audit_event e JOIN app_password p ON p.id = e.app_password
            WHERE e.seq > ? AND e.action = 'sign-in' AND e.refusal IS NULL AND \(condition) ORDER BY e.seq
            """, [.integer(try EventDigest.position(connection))] + values)
        var uses: [AppPasswordID: AppPassword.LastUse] = [:]
        for row in rows {
            guard let id = AppPasswordID(octets: try row.blob(0)) else { continue }
            uses[id] = try AppPassword.LastUse(row, from: 1)
        }
        return uses
    }
}

extension AppPassword {
    fileprivate init(_ row: Row) throws {
        guard let id = AppPasswordID(octets: try row.blob(0)), let account = AccountID(octets: try row.blob(1)),
            let format = SecretFormat(rawValue: try row.text(6))
        else { throw UnreadableRow("an app password has no id, account or format") }
        let cause = try row.optionalText(10).flatMap { End.Cause(rawValue: $0) }
        self.init(
            id: id, account: account, name: try row.text(2), application: try row.text(3),
            services: StoredScope.services(try row.text(4)), networks: StoredScope.networks(try row.text(5)),
            format: format,
            created: Timestamp(microseconds: try row.integer(7)),
            expires: try row.optionalInteger(8).map { Timestamp(microseconds: $0) },
            lastUse: try row.optionalInteger(13) == nil ? nil : try LastUse(row, from: 13),
            end: try row.optionalInteger(9).map { End(time: Timestamp(microseconds: $0), cause: cause ?? .revoked) },
            predecessor: try row.optionalBlob(11).flatMap { AppPasswordID(octets: $0) },
            successor: try row.optionalBlob(12).flatMap { AppPasswordID(octets: $0) })
    }
}

extension AppPassword.LastUse {
    /// Time, service, address and client, in this order from `column`; nil if the service is none.
    fileprivate init?(_ row: Row, from column: Int) throws {
        guard let service = Service(try row.text(column + 1)) else { return nil }
        self.init(
            time: Timestamp(microseconds: try row.integer(column)), service: service,
            address: try row.optionalText(column + 2).flatMap { IPAddress($0) },
            client: try row.optionalText(column + 3))
    }
}

/// Services and networks as one text column: names in order, a blank between.
enum StoredScope {
    static func write(_ services: Set<Service>) -> String { services.sorted().map(\.name).joined(separator: " ") }

    static func write(_ networks: [Network]) -> String { networks.map(\.description).joined(separator: " ") }

    static func services(_ text: String) -> Set<Service> {
        Set(text.split(separator: " ").compactMap { Service(String($0)) })
    }

    static func networks(_ text: String) -> [Network] { text.split(separator: " ").compactMap { Network($0) } }
}
