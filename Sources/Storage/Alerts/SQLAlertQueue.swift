public import LatchkeyCore

/// The queue of alerts in SQL.
public struct SQLAlertQueue: AlertQueue {
    static let columns =
        "id, kind, recipient, login, time, action, author, app_password, name, services, address, client, count, expires, queued, attempts"

    private let database: any Database
    /// Who is told of accounts that have no address.
    private let administrator: MailAddress?

    public init(_ database: any Database, administrator: MailAddress? = nil) {
        self.database = database
        self.administrator = administrator
    }

    public func gather(at now: Timestamp) async throws(StoreError) -> Bool {
        try await StoreError.reporting {
            // Nothing is written while nothing happens.
            guard try await database.read({ try AlertGathering.isBehind($0) }) else { return false }
            return try await database.transaction { [administrator] connection in
                try AlertGathering(connection, AlertEntry(connection, administrator: administrator, at: now)).advance()
            }
        }
    }

    public func gatherExpiring(at now: Timestamp) async throws(StoreError) -> Bool {
        try await StoreError.reporting {
            let candidates = try await database.read { try ExpiringAppPassword.untold(at: now, $0) }
            guard !candidates.isEmpty else { return false }
            return try await database.transaction { [administrator] connection in
                let entry = AlertEntry(connection, administrator: administrator, at: now)
                for candidate in candidates.prefix(ExpiringAppPassword.batch) { try candidate.tell(entry, connection) }
                return candidates.count > ExpiringAppPassword.batch
            }
        }
    }

    public func due(at now: Timestamp, limit: Int) async throws(StoreError) -> [Alert] {
        try await StoreError.reporting {
            try await database.read { connection in
                // A kind that a later version knew waits for that version, and keeps no other from being sent.
                let kinds = AlertKind.allCases.map { SQLValue.text($0.rawValue) }
                let places = kinds.map { _ in "?" }.joined(separator: ", ")
                return try connection.query(
                    "SELECT \(Self.columns) FROM alert WHERE due <= ? AND kind IN (\(places)) ORDER BY due, id LIMIT ?",
                    [.integer(now.microseconds)] + kinds + [.integer(Int64(limit))]
                ).map { try Alert($0) }
            }
        }
    }

    public func remove(_ id: AlertID) async throws(StoreError) {
        try await StoreError.reporting {
            _ = try await database.transaction { connection in
                try connection.execute("DELETE FROM alert WHERE id = ?", .blob(id.octets))
            }
        }
    }

    public func postpone(_ id: AlertID, until time: Timestamp) async throws(StoreError) {
        try await StoreError.reporting {
            _ = try await database.transaction { connection in
                try connection.execute(
                    "UPDATE alert SET due = ?, attempts = attempts + 1 WHERE id = ?", .integer(time.microseconds),
                    .blob(id.octets))
            }
        }
    }
}

extension Alert {
    fileprivate init(_ row: Row) throws {
        guard let id = AlertID(octets: try row.blob(0)), let kind = AlertKind(rawValue: try row.text(1)),
            let recipient = MailAddress(try row.text(2)), let author = Author(rawValue: try row.text(6))
        else { throw UnreadableRow("an alert has no id, kind, recipient or author") }
        self.init(
            id: id, kind: kind, recipient: recipient, login: try LoginName(stored: row.text(3)),
            time: Timestamp(microseconds: try row.integer(4)),
            action: try row.optionalText(5).flatMap { AuditEvent.Action(rawValue: $0) }, author: author,
            appPassword: try row.optionalBlob(7).flatMap { AppPasswordID(octets: $0) }, name: try row.optionalText(8),
            services: StoredScope.services(try row.text(9)).sorted(),
            address: try row.optionalText(10).flatMap { IPAddress($0) }, client: try row.optionalText(11),
            count: Int(clamping: try row.integer(12)),
            expires: try row.optionalInteger(13).map { Timestamp(microseconds: $0) },
            queued: Timestamp(microseconds: try row.integer(14)), attempts: Int(clamping: try row.integer(15)))
    }
}
