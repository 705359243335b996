/// One step of the schema's history. A shipped migration is never edited: a change is a new one with the next number.
public struct Migration: Sendable {
    /// `NNNN_what`, the same on every engine.
    let name: String
    let statements: [String]

    init(_ name: String, _ statements: [String]) {
        self.name = name
        self.statements = statements
    }
}

/// Brings a database to this version's schema.
public struct Migrator: Sendable {
    private let migrations: [Migration]

    /// Every migration this version knows, in order.
    public init() {
        self.init([
            .foundation, .portal, .groups, .notice, .standing, .webAuthn, .mail, .approvals, .oidc, .codesByMail,
            .signOn, .authenticatorName, .tellsTime,
        ])
    }

    init(_ migrations: [Migration]) {
        self.migrations = migrations
    }

    /// Applies what is missing, all or nothing. Throws `NewerDatabase` if another version has been further.
    public func migrate(_ database: any Database) async throws {
        try await database.transaction { [migrations] connection in
            try connection.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY NOT NULL)")
            let applied = try connection.query("SELECT name FROM migration ORDER BY name").map { try $0.text(0) }
            let known = Set(migrations.map(\.name))
            if let newer = applied.last(where: { !known.contains($0) }) { throw NewerDatabase(migration: newer) }
            for migration in migrations where !applied.contains(migration.name) {
                for statement in migration.statements { try connection.execute(statement) }
                try connection.execute("INSERT INTO migration (name) VALUES (?)", .text(migration.name))
            }
        }
    }
}

/// The database was written by a later version: this one would damage what it does not know.
public struct NewerDatabase: Error, CustomStringConvertible {
    let migration: String

    public var description: String {
        "the database was written by a newer Latchkey (it has migration \(migration)): run that version, or restore a back-up made before the upgrade"
    }
}
