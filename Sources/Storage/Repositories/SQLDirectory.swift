public import LatchkeyCore

/// The directory in SQL. A page costs two statements, however many are on it, and both see one state of the database.
public struct SQLDirectory: Directory {
    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func person(named name: LoginName) async throws(StoreError) -> DirectoryPerson? {
        try await read { connection in
            let account = "WHERE a.id = (SELECT account FROM login_name WHERE name = ?)"
            return try Self.people(account, [.text(name.text)], connection).first
        }
    }

    public func people(after name: LoginName?, limit: Int) async throws(StoreError) -> [DirectoryPerson] {
        try await read { connection in
            // Through the unique names: a page costs the same wherever it begins.
            let page =
                "JOIN login_name p ON p.account = a.id AND p.name = a.login WHERE p.name > ? ORDER BY p.name LIMIT ?"
            return try Self.people(page, [.text(name?.text ?? ""), .integer(Int64(limit))], connection)
        }
    }

    public func group(named name: GroupName) async throws(StoreError) -> DirectoryGroup? {
        try await read { try Self.groups("WHERE g.name = ?", [.text(name.text)], $0).first }
    }

    public func groups(after name: GroupName?, limit: Int) async throws(StoreError) -> [DirectoryGroup] {
        try await read { connection in
            let page = "WHERE g.name > ? ORDER BY g.name LIMIT ?"
            return try Self.groups(page, [.text(name?.text ?? ""), .integer(Int64(limit))], connection)
        }
    }

    public func relyingServices() async throws(StoreError) -> [RelyingService] {
        try await read { try SQLRelyingServices.relyingServices("ORDER BY name, created", $0) }
    }

    /// The people that `condition`, on the account `a`, selects, in its order.
    private static func people(
        _ condition: String, _ values: [SQLValue], _ connection: any Connection
    ) throws -> [DirectoryPerson] {
        let rows = try connection.query(
            "SELECT \(SQLAccounts.columns), a.group_names FROM account a \(condition)", values)
        let names = try grouped(
            "SELECT account, name FROM login_name WHERE account IN (SELECT a.id FROM account a \(condition)) ORDER BY name",
            values, connection)
        return try rows.map { row in
            let own = try names[row.blob(0)] ?? []
            return DirectoryPerson(
                account: try Account(row, names: own), groups: try StoredGroups.names(try row.text(6)))
        }
    }

    /// The groups that `condition`, on the group `g`, selects, in its order.
    private static func groups(
        _ condition: String, _ values: [SQLValue], _ connection: any Connection
    ) throws -> [DirectoryGroup] {
        let groups = try SQLGroups.groups(condition, values, connection)
        let members = try grouped(
            """
            SELECT m.account_group, a.login FROM membership m JOIN account a ON a.id = m.account
            WHERE m.account_group IN (SELECT g.id FROM account_group g \(condition)) ORDER BY a.login
            """, values, connection)
        return groups.map { DirectoryGroup(group: $0, members: members[$0.id.octets] ?? []) }
    }

    /// Rows of an id and a login name, gathered by id, each in the order of the rows.
    private static func grouped(
        _ sql: String, _ values: [SQLValue], _ connection: any Connection
    ) throws -> [[UInt8]: [LoginName]] {
        try connection.query(sql, values).reduce(into: [:]) { names, row in
            names[try row.blob(0), default: []].append(try LoginName(stored: row.text(1)))
        }
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await database.read(body)
        } catch {
            throw error as? StoreError ?? StoreError("\(error)")
        }
    }
}
