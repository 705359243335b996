public import LatchkeyCore

/// Groups in SQL. Keeps `account.group_names` true to `membership` in every change.
public struct SQLGroups: GroupRepository {
    static let columns = "g.id, g.name, g.description, g.created"

    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func insert(_ group: Group, event: AuditEvent) async throws {
        try await database.transaction { connection in
            let inserted = try connection.execute(
                """
                INSERT INTO account_group (id, name, description, created) VALUES (?, ?, ?, ?)
                ON CONFLICT (name) DO NOTHING
                """,
                .blob(group.id.octets), .text(group.name.text), .text(group.description),
                .integer(group.created.microseconds))
            guard inserted == 1 else {
                throw InvalidInput(
                    field: "name", text: "There is a group “\(group.name)” already: choose another name.")
            }
            try AuditWriter.write([event], to: connection)
        }
    }

    public func group(named name: GroupName) async throws -> Group? {
        try await database.read { try Self.groups("WHERE g.name = ?", [.text(name.text)], $0).first }
    }

    public func groups(after name: GroupName?, limit: Int) async throws -> [Group] {
        try await database.read { connection in
            try Self.groups(
                "WHERE g.name > ? ORDER BY g.name LIMIT ?", [.text(name?.text ?? ""), .integer(Int64(limit))],
                connection)
        }
    }

    public func update(_ group: Group, event: AuditEvent) async throws {
        try await database.transaction { connection in
            try connection.execute(
                "UPDATE account_group SET description = ? WHERE id = ?", .text(group.description),
                .blob(group.id.octets))
            try AuditWriter.write([event], to: connection)
        }
    }

    public func delete(_ id: GroupID, event: AuditEvent) async throws {
        try await database.transaction { connection in
            let members = try connection.query(
                "SELECT account FROM membership WHERE account_group = ?", .blob(id.octets)
            ).map { try $0.blob(0) }
            try connection.execute("DELETE FROM account_group WHERE id = ?", .blob(id.octets))
            for account in members { try Self.restateGroups(of: account, connection) }
            try AuditWriter.write([event], to: connection)
        }
    }

    public func add(_ account: AccountID, to group: GroupID, event: AuditEvent) async throws -> Bool {
        try await change(
            "INSERT INTO membership (account_group, account) VALUES (?, ?) ON CONFLICT DO NOTHING", account, group,
            event)
    }

    public func remove(_ account: AccountID, from group: GroupID, event: AuditEvent) async throws -> Bool {
        try await change("DELETE FROM membership WHERE account_group = ? AND account = ?", account, group, event)
    }

    /// Runs `statement`, which takes the group and the account and changes one membership or none.
    private func change(
        _ statement: String, _ account: AccountID, _ group: GroupID, _ event: AuditEvent
    ) async throws -> Bool {
        try await database.transaction { connection in
            guard try connection.execute(statement, .blob(group.octets), .blob(account.octets)) == 1 else {
                return false
            }
            try Self.restateGroups(of: account.octets, connection)
            try AuditWriter.write([event], to: connection)
            return true
        }
    }

    /// Writes the names of an account's groups into its own row, from `membership`.
    private static func restateGroups(of account: [UInt8], _ connection: any Connection) throws {
        let names = try connection.query(
            """
            SELECT g.name FROM membership m JOIN account_group g ON g.id = m.account_group
            WHERE m.account = ? ORDER BY g.name
            """, .blob(account)
        ).map { try $0.text(0) }
        try connection.execute(
            "UPDATE account SET group_names = ? WHERE id = ?", .text(names.joined(separator: " ")), .blob(account))
    }

    public func groups(of account: AccountID) async throws -> [Group] {
        try await database.read { connection in
            let condition = "JOIN membership m ON m.account_group = g.id WHERE m.account = ? ORDER BY g.name"
            return try Self.groups(condition, [.blob(account.octets)], connection)
        }
    }

    public func members(of group: GroupID) async throws -> [LoginName] {
        try await database.read { try Self.members(of: group, $0) }
    }

    static func members(of group: GroupID, _ connection: any Connection) throws -> [LoginName] {
        try connection.query(
            "SELECT a.login FROM membership m JOIN account a ON a.id = m.account WHERE m.account_group = ? ORDER BY a.login",
            .blob(group.octets)
        ).map { try LoginName(stored: $0.text(0)) }
    }

    static func groups(_ condition: String, _ values: [SQLValue], _ connection: any Connection) throws -> [Group] {
        try connection.query("SELECT \(columns) FROM account_group g \(condition)", values).map { try Group($0) }
    }
}

extension Group {
    /// The columns of `SQLGroups`.
    fileprivate init(_ row: Row) throws {
        guard let id = GroupID(octets: try row.blob(0)), let name = GroupName(try row.text(1)) else {
            throw UnreadableRow("a group has no id or name")
        }
        self.init(
            id: id, name: name, description: try row.text(2), created: Timestamp(microseconds: try row.integer(3)))
    }
}

/// The names of an account's groups as one text column: in their order, a blank between.
enum StoredGroups {
    static func names(_ text: String) throws(StoreError) -> [GroupName] {
        var names: [GroupName] = []
        for part in text.split(separator: " ") {
            guard let name = GroupName(String(part)) else {
                throw StoreError("the database holds an account of a group without name")
            }
            names.append(name)
        }
        return names
    }
}
