public import LatchkeyCore

/// What people chose not to be told, in SQL.
public struct SQLAlertChoices: AlertChoices {
    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func turnedOff(of account: AccountID) async throws -> Set<AlertKind> {
        try await database.read { try Self.turnedOff(of: account, $0) }
    }

    /// A kind that a later version knew, or that can no longer be turned off, is none.
    static func turnedOff(of account: AccountID, _ connection: any Connection) throws -> Set<AlertKind> {
        let rows = try connection.query("SELECT kind FROM alert_off WHERE account = ?", .blob(account.octets))
        return Set(try rows.compactMap { AlertKind(rawValue: try $0.text(0)) }.filter(\.canBeTurnedOff))
    }

    public func turnOff(_ kinds: Set<AlertKind>, of account: AccountID, event: AuditEvent) async throws -> Bool {
        let kinds = kinds.filter(\.canBeTurnedOff)
        return try await database.transaction { connection in
            guard try Self.turnedOff(of: account, connection) != kinds else { return false }
            try connection.execute("DELETE FROM alert_off WHERE account = ?", .blob(account.octets))
            for kind in kinds {
                try connection.execute(
                    "INSERT INTO alert_off (account, kind) VALUES (?, ?)", .blob(account.octets), .text(kind.rawValue))
            }
            try AuditWriter.write([event], to: connection)
            return true
        }
    }
}
