import CSQLiteMemory
import GRDB
import GRDBSQLite
public import LatchkeyCore

/// SQLite in WAL mode through GRDB: one writer, readers that never wait for it.
///
/// A transaction is durable when it returns (`synchronous = FULL`): GRDB would set NORMAL, under which the last commits
/// can be lost with the power.
public final class SQLiteDatabase: Database {
    let path: String
    private let pool: DatabasePool

    /// How long a write waits for another process that is writing, in seconds. Below the 10 s after which Postfix gives up on
    /// an answer.
    public static let serverPatience: Double = 4
    /// A command has more time than a mail server.
    public static let commandPatience: Double = 30

    /// Opens or creates the file. Throws `StoreError` saying what is wrong with it.
    public static func open(path: String, patience: Double = serverPatience) async throws(StoreError) -> SQLiteDatabase
    {
        do {
            return try await SQLiteDatabase(path: path, patience: patience)
        } catch {
            throw StoreError(sqlite: error, path: path)
        }
    }

    /// SQLite counts every allocation under one lock for the whole process, on which all that look up and the one that writes would meet.
    /// Nobody asks for the count; where SQLite is in use already it goes on counting, to no harm.
    private static let countsNoMemory = latchkey_sqlite_stop_counting_memory() == SQLITE_OK

    private init(path: String, patience: Double) async throws {
        self.path = path
        _ = Self.countsNoMemory
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(patience)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA cache_size = -16384")
            try database.execute(sql: "PRAGMA mmap_size = 1073741824")
        }
        pool = try DatabasePool(path: path, configuration: configuration)
        try await pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
                throw StoreError("SQLite does not accept synchronous = FULL")
            }
        }
    }

    public func read<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws
        -> Value
    {
        try await reporting { try await self.pool.read { try body(SQLiteConnection(database: $0)) } }
    }

    public func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await reporting {
            try await self.pool.writeWithoutTransaction { database in
                try database.inTransactionReturning { try body(SQLiteConnection(database: database)) }
            }
        }
    }

    /// What SQLite finds wrong with its own file: every page, index and foreign key. Reads all of it.
    public func integrityProblems() async throws -> [String] {
        try await read { connection in
            let pages = try connection.query("PRAGMA quick_check(10)").map { try $0.text(0) }.filter { $0 != "ok" }
            let orphans = try connection.query("PRAGMA foreign_key_check").map { try $0.text(0) }
            return pages + Set(orphans).sorted().map { "a row of \($0) belongs to nothing" }
        }
    }

    /// Passes our own errors on, and the engine's as a `StoreError`.
    private func reporting<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as DatabaseError {
            throw StoreError(sqlite: error, path: path)
        }
    }
}

extension GRDB.Database {
    /// Immediate, so that what is read inside cannot be changed by another process before it is written.
    fileprivate func inTransactionReturning<Value>(_ body: () throws -> Value) throws -> Value {
        var value: Value?
        try inTransaction(.immediate) {
            value = try body()
            return .commit
        }
        guard let value else { throw StoreError("a transaction ended without a result") }
        return value
    }
}

extension StoreError {
    init(sqlite error: any Error, path: String) {
        guard let error = error as? DatabaseError else {
            self.init("database \(path): \(error)")
            return
        }
        let advice =
            switch error.resultCode {
            case .SQLITE_CANTOPEN: "cannot be opened: check that its directory exists and may be written by this user"
            case .SQLITE_NOTADB, .SQLITE_CORRUPT: "is no Latchkey database, or is damaged: restore a back-up"
            case .SQLITE_FULL: "cannot grow: the disk is full"
            case .SQLITE_READONLY, .SQLITE_PERM: "cannot be written: check its owner and mode"
            case .SQLITE_BUSY, .SQLITE_LOCKED: "is locked by another process"
            default: "failed: \(error.message ?? "SQLite error \(error.resultCode.rawValue)")"
            }
        self.init("database \(path) \(advice)")
    }
}

/// GRDB keeps the connection and the compiled statements; stepping them directly saves its conversions.
struct SQLiteConnection: Connection {
    let database: GRDB.Database

    func query(_ sql: String, _ values: [SQLValue]) throws -> [Row] {
        var rows: [Row] = []
        try run(sql, values) { statement in
            while try step(statement) {
                rows.append(Row((0..<sqlite3_column_count(statement)).map { column(statement, $0) }))
            }
        }
        return rows
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try run(sql, values) { statement in
            while try step(statement) {}
        }
        return Int(sqlite3_changes(database.sqliteConnection))
    }

    /// Lends the statement with its parameters bound.
    private func run(_ sql: String, _ values: [SQLValue], _ body: (OpaquePointer) throws -> Void) throws {
        let statement = try database.cachedStatement(sql: sql).sqliteStatement
        guard sqlite3_bind_parameter_count(statement) == values.count else {
            throw StoreError("a statement got \(values.count) parameters, not as many as it has")
        }
        // One piece of memory for all texts and blobs, which outlives the statement's run: SQLite then copies none of them.
        var octets: [UInt8] = []
        octets.reserveCapacity(values.reduce(0) { $0 + $1.length })
        for value in values { value.append(to: &octets) }
        try octets.withUnsafeBytes { octets in
            defer {
                sqlite3_reset(statement)
                sqlite3_clear_bindings(statement)
            }
            bind(values, octets, to: statement)
            try body(statement)
        }
    }

    /// Whether there is a row.
    private func step(_ statement: OpaquePointer) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let message = database.sqliteConnection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    /// `octets` holds the texts and blobs of `values`, one after the other.
    private func bind(_ values: [SQLValue], _ octets: UnsafeRawBufferPointer, to statement: OpaquePointer) {
        var place: CInt = 0
        var start = 0
        for value in values {
            place += 1
            let length = value.length
            let address = length == 0 ? nil : octets.baseAddress.map { $0 + start }
            start += length
            switch value {
            case .null: sqlite3_bind_null(statement, place)
            case .integer(let number): sqlite3_bind_int64(statement, place, number)
            case .text:
                guard let address else {
                    sqlite3_bind_text(statement, place, "", 0, sqliteTransient)
                    continue
                }
                sqlite3_bind_text(
                    statement, place, address.assumingMemoryBound(to: CChar.self), CInt(clamping: length), nil)
            case .blob:
                guard let address else {
                    sqlite3_bind_zeroblob(statement, place, 0)
                    continue
                }
                sqlite3_bind_blob(statement, place, address, CInt(clamping: length), nil)
            }
        }
    }

    private func column(_ statement: OpaquePointer, _ index: CInt) -> SQLValue {
        let length = Int(sqlite3_column_bytes(statement, index))
        switch sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, index))
        case SQLITE_TEXT:
            guard let text = sqlite3_column_text(statement, index) else { return .text("") }
            return .text(String(decoding: UnsafeBufferPointer(start: text, count: length), as: UTF8.self))
        case SQLITE_BLOB:
            guard let octets = sqlite3_column_blob(statement, index) else { return .blob([]) }
            return .blob(Array(UnsafeRawBufferPointer(start: octets, count: length)))
        default: return .null
        }
    }
}

/// Tells SQLite to copy what is bound (`SQLITE_TRANSIENT`, a macro that Swift does not import).
nonisolated(unsafe) let sqliteTransient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension SQLValue {
    /// Octets of a text or blob.
    fileprivate var length: Int {
        switch self {
        case .null, .integer: 0
        case .text(let text): text.utf8.count
        case .blob(let octets): octets.count
        }
    }

    fileprivate func append(to all: inout [UInt8]) {
        switch self {
        case .null, .integer: break
        case .text(var text): text.withUTF8 { all.append(contentsOf: $0) }
        case .blob(let octets): all.append(contentsOf: octets)
        }
    }
}
