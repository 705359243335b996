public import Accounts
public import LatchkeyCore

/// Portal sessions in SQL.
public struct SQLSessions: SessionRepository {
    private static let columns = "id, account, stage, created, last_seen, strong_at, address, agent, methods"
    /// Sessions of one account that are not signed in yet. Who has only the password can push out no others.
    private static let maximumUnfinished = 10

    private let database: any Database
    private let trust: IdentityTrust

    public init(_ database: any Database, trust: IdentityTrust = .none) {
        self.database = database
        self.trust = trust
    }

    public func insert(_ session: Session, tokenHash: [UInt8], event: AuditEvent) async throws {
        try await database.transaction { connection in
            try Self.insert(session, tokenHash: tokenHash, connection)
            try AuditWriter.write([event], to: connection)
        }
    }

    public func insert(
        _ session: Session, tokenHash: [UInt8], by proof: FactorProof, events: [AuditEvent]
    ) async throws -> Advance {
        try await database.transaction { [trust] connection in
            let enabled = try connection.query(
                "SELECT 1 FROM account WHERE id = ? AND disabled IS NULL", .blob(session.account.octets))
            guard !enabled.isEmpty else { return .ended }
            let advance = try proof.consume(in: session, connection, trust)
            guard advance == .advanced else { return advance }
            try Self.insert(session, tokenHash: tokenHash, connection)
            try AuditWriter.write(events, to: connection)
            return .advanced
        }
    }

    /// For use cases that begin a session together with something else.
    static func insert(_ session: Session, tokenHash: [UInt8], _ connection: any Connection) throws {
        let oldest = Timestamp(microseconds: session.created.microseconds - SessionTimes.longestLifetime.microseconds)
        try connection.execute("DELETE FROM session WHERE created < ?", .integer(oldest.microseconds))
        try connection.execute(
            "INSERT INTO session (token_hash, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            .blob(tokenHash), .blob(session.id.octets), .blob(session.account.octets), .text(session.stage.rawValue),
            .integer(session.created.microseconds), .integer(session.lastSeen.microseconds),
            .integer(session.strongAt?.microseconds), .text(session.address?.description), .text(session.agent),
            .text(session.methods.stored))
        try connection.execute(
            """
            DELETE FROM session WHERE account = ? AND stage <> ? AND id NOT IN
                (SELECT id FROM session WHERE account = ? AND stage <> ? ORDER BY created DESC, id DESC LIMIT ?)
            """, .blob(session.account.octets), .text(Session.Stage.signedIn.rawValue), .blob(session.account.octets),
            .text(Session.Stage.signedIn.rawValue), .integer(Int64(maximumUnfinished)))
    }

    public func session(tokenHash: [UInt8]) async throws -> Session? {
        try await database.read { connection in
            try connection.query(
                """
                SELECT \(Self.columns) FROM session WHERE token_hash = ?
                AND account IN (SELECT id FROM account WHERE disabled IS NULL)
                """, .blob(tokenHash)
            ).first.map { try Session($0) }
        }
    }

    public func touch(_ session: Session) async throws {
        _ = try await database.transaction { connection in
            try connection.execute(
                "UPDATE session SET last_seen = ?, address = ?, agent = ? WHERE id = ? AND last_seen < ?",
                .integer(session.lastSeen.microseconds), .text(session.address?.description), .text(session.agent),
                .blob(session.id.octets), .integer(session.lastSeen.microseconds))
        }
    }

    public func advance(
        _ session: Session, tokenHash: [UInt8], by proof: FactorProof, events: [AuditEvent]
    ) async throws -> Advance {
        try await database.transaction { [trust] connection in
            let alive = try connection.query(
                "SELECT 1 FROM session WHERE id = ? AND account IN (SELECT id FROM account WHERE disabled IS NULL)",
                .blob(session.id.octets))
            guard !alive.isEmpty else { return .ended }
            let advance = try proof.consume(in: session, connection, trust)
            guard advance == .advanced else { return advance }
            try connection.execute(
                """
                UPDATE session SET token_hash = ?, stage = ?, last_seen = ?, strong_at = ?, address = ?, agent = ?,
                    methods = ?
                WHERE id = ?
                """,
                .blob(tokenHash), .text(session.stage.rawValue), .integer(session.lastSeen.microseconds),
                .integer(session.strongAt?.microseconds), .text(session.address?.description), .text(session.agent),
                .text(session.methods.stored), .blob(session.id.octets))
            try AuditWriter.write(events, to: connection)
            return .advanced
        }
    }

    public func sessions(of account: AccountID) async throws -> [Session] {
        try await database.read { connection in
            try connection.query(
                "SELECT \(Self.columns) FROM session WHERE account = ? ORDER BY last_seen DESC, id DESC",
                .blob(account.octets)
            ).map { try Session($0) }
        }
    }

    public func delete(_ id: Identifier<Session>, of account: AccountID, event: AuditEvent) async throws -> Bool {
        try await database.transaction { connection in
            let deleted = try connection.execute(
                "DELETE FROM session WHERE id = ? AND account = ?", .blob(id.octets), .blob(account.octets))
            guard deleted == 1 else { return false }
            try AuditWriter.write([event], to: connection)
            return true
        }
    }

    public func deleteAll(
        of account: AccountID, but kept: Identifier<Session>?, event: AuditEvent
    ) async throws -> Int {
        try await database.transaction { connection in
            let deleted = try connection.execute(
                "DELETE FROM session WHERE account = ? AND id <> ?", .blob(account.octets),
                .blob((kept ?? .nobody).octets))
            if deleted > 0 { try AuditWriter.write([event], to: connection) }
            return deleted
        }
    }
}

extension Session {
    fileprivate init(_ row: Row) throws {
        guard let id = Identifier<Session>(octets: try row.blob(0)), let account = AccountID(octets: try row.blob(1)),
            let stage = Stage(rawValue: try row.text(2))
        else { throw UnreadableRow("a session has no id, account or stage") }
        self.init(
            id: id, account: account, stage: stage, created: Timestamp(microseconds: try row.integer(3)),
            lastSeen: Timestamp(microseconds: try row.integer(4)),
            strongAt: try row.optionalInteger(5).map { Timestamp(microseconds: $0) },
            methods: try row.text(8).split(separator: " ").compactMap { SignInMethod(rawValue: String($0)) },
            address: try row.optionalText(6).flatMap { IPAddress($0) }, agent: try row.optionalText(7))
    }
}

extension [SignInMethod] {
    /// As they are kept: their names, a blank between.
    fileprivate var stored: String { map(\.rawValue).joined(separator: " ") }
}
