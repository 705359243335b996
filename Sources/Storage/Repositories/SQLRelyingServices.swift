public import LatchkeyCore

/// Relying services in SQL.
public struct SQLRelyingServices: RelyingServiceRepository {
    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func insert(_ service: RelyingService, tokenHash: [UInt8], event: AuditEvent) async throws {
        try await database.transaction { connection in
            try connection.execute(
                """
                INSERT INTO relying_service (token_hash, id, name, services, created, may_read_directory)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                .blob(tokenHash), .blob(service.id.octets), .text(service.name),
                .text(StoredScope.write(service.services)), .integer(service.created.microseconds),
                .integer(service.mayReadDirectory ? 1 : 0))
            try AuditWriter.write([event], to: connection)
        }
    }

    public func relyingServices() async throws -> [RelyingService] {
        try await database.read { try Self.relyingServices("ORDER BY created", $0) }
    }

    static func relyingServices(_ condition: String, _ connection: any Connection) throws -> [RelyingService] {
        try connection.query("SELECT id, name, services, created, may_read_directory FROM relying_service \(condition)")
            .map { try RelyingService($0) }
    }

    public func delete(_ id: Identifier<RelyingService>, event: AuditEvent) async throws -> Bool {
        try await database.transaction { connection in
            guard try connection.execute("DELETE FROM relying_service WHERE id = ?", .blob(id.octets)) == 1 else {
                return false
            }
            try AuditWriter.write([event], to: connection)
            return true
        }
    }
}

extension RelyingService {
    /// Id, name, services, created and whether it may read the directory, in this order.
    fileprivate init(_ row: Row) throws {
        guard let id = Identifier<RelyingService>(octets: try row.blob(0)) else {
            throw UnreadableRow("a relying service has no id")
        }
        self.init(
            id: id, name: try row.text(1), services: StoredScope.services(try row.text(2)),
            mayReadDirectory: try row.integer(4) != 0, created: Timestamp(microseconds: try row.integer(3)))
    }
}
