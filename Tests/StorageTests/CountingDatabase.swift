import Synchronization

@testable import Storage

/// Passes everything on to another database and counts the statements.
final class CountingDatabase: Storage.Database {
    private let database: any Storage.Database
    private let counter = Counter()

    init(_ database: any Storage.Database) {
        self.database = database
    }

    /// How many there were since the last time.
    func takeCount() -> Int {
        counter.count.withLock { count in
            defer { count = 0 }; return count
        }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws -> Value {
        try await database.read { [counter] in try body(CountingConnection(connection: $0, counter: counter)) }
    }

    func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await database.transaction { [counter] in try body(CountingConnection(connection: $0, counter: counter)) }
    }
}

private final class Counter: Sendable {
    let count = Mutex(0)
}

private struct CountingConnection: Connection {
    let connection: any Connection
    let counter: Counter

    func query(_ sql: String, _ values: [SQLValue]) throws -> [Row] {
        counter.count.withLock { $0 += 1 }
        return try connection.query(sql, values)
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
        counter.count.withLock { $0 += 1 }
        return try connection.execute(sql, values)
    }
}
