import LatchkeyCore

/// The one port to an SQL engine. Repositories are written over it once, in SQL that SQLite and PostgreSQL both understand:
/// `?` for parameters, `INTEGER`/`BIGINT`, `TEXT`, `BLOB` (a driver maps the type names), `ON CONFLICT`, `RETURNING`.
public protocol Database: Sendable {
    /// Runs `body` over one consistent state.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws -> Value
    /// Runs `body` alone among writers; all of it is durable when the call returns, or nothing of it if `body` throws.
    func transaction<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws
        -> Value
}

/// A connection lent for the length of one `read` or `transaction`.
public protocol Connection {
    func query(_ sql: String, _ values: [SQLValue]) throws -> [Row]
    /// The number of rows changed.
    @discardableResult
    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int
}

extension Connection {
    func query(_ sql: String, _ values: SQLValue...) throws -> [Row] { try query(sql, values) }

    @discardableResult
    func execute(_ sql: String, _ values: SQLValue...) throws -> Int { try execute(sql, values) }
}

/// A value as both engines know it.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    static func text(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
    static func integer(_ number: Int64?) -> SQLValue { number.map { .integer($0) } ?? .null }
    static func blob(_ octets: [UInt8]?) -> SQLValue { octets.map { .blob($0) } ?? .null }
}

/// A row of a result, its columns by position.
public struct Row: Sendable {
    let values: [SQLValue]

    public init(_ values: [SQLValue]) {
        self.values = values
    }

    private func value(_ column: Int) throws -> SQLValue {
        guard values.indices.contains(column) else { throw UnreadableRow("no column \(column)") }
        return values[column]
    }

    func optionalInteger(_ column: Int) throws -> Int64? {
        switch try value(column) {
        case .null: nil
        case .integer(let number): number
        default: throw UnreadableRow("column \(column) is no integer")
        }
    }

    func optionalText(_ column: Int) throws -> String? {
        switch try value(column) {
        case .null: nil
        case .text(let text): text
        default: throw UnreadableRow("column \(column) is no text")
        }
    }

    func optionalBlob(_ column: Int) throws -> [UInt8]? {
        switch try value(column) {
        case .null: nil
        case .blob(let octets): octets
        default: throw UnreadableRow("column \(column) is no blob")
        }
    }

    func integer(_ column: Int) throws -> Int64 { try present(optionalInteger(column), column) }
    func text(_ column: Int) throws -> String { try present(optionalText(column), column) }
    func blob(_ column: Int) throws -> [UInt8] { try present(optionalBlob(column), column) }

    private func present<Value>(_ value: Value?, _ column: Int) throws -> Value {
        guard let value else { throw UnreadableRow("column \(column) is null") }
        return value
    }
}

/// A row that holds what this version of Latchkey never writes: a damaged or foreign database.
struct UnreadableRow: Error, CustomStringConvertible {
    let description: String

    init(_ problem: String) {
        description = "the database holds a row that cannot be read: \(problem)"
    }
}

extension StoreError {
    /// Whatever `body` throws, as the one error that the core's ports know.
    static func reporting<Value>(_ body: () async throws -> Value) async throws(StoreError) -> Value {
        do {
            return try await body()
        } catch {
            throw error as? StoreError ?? StoreError("\(error)")
        }
    }
}
