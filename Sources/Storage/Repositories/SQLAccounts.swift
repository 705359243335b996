public import LatchkeyCore

/// Accounts in SQL.
public struct SQLAccounts: AccountRepository {
    static let columns = "a.id, a.login, a.name, a.roles, a.created, a.disabled"

    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func insert(_ account: Account, event: AuditEvent) async throws {
        try await database.transaction { try Self.insert(account, event: event, $0) }
    }

    /// For use cases that make an account together with something else.
    static func insert(_ account: Account, event: AuditEvent, _ connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO account (id, login, name, roles, created, disabled) VALUES (?, ?, ?, ?, ?, ?)",
            .blob(account.id.octets), .text(account.login.text), .text(account.name), .text(account.roles.stored),
            .integer(account.created.microseconds), .integer(account.disabled?.microseconds))
        try claim([account.login] + account.aliases, for: account.id, connection)
        try AuditWriter.write([event], to: connection)
    }

    public func account(_ id: AccountID) async throws -> Account? {
        try await database.read { connection in
            try Self.accounts("WHERE a.id = ?", [.blob(id.octets)], connection).first
        }
    }

    public func account(named login: LoginName) async throws -> Account? {
        try await database.read { connection in
            let condition = "WHERE a.id = (SELECT account FROM login_name WHERE name = ?)"
            return try Self.accounts(condition, [.text(login.text)], connection).first
        }
    }

    public func accounts(after login: LoginName?, limit: Int) async throws -> [Account] {
        try await database.read { connection in
            // Through the unique names: a page costs the same wherever it begins.
            let condition = """
                JOIN login_name n ON n.account = a.id AND n.name = a.login WHERE n.name > ? ORDER BY n.name LIMIT ?
                """
            return try Self.accounts(condition, [.text(login?.text ?? ""), .integer(Int64(limit))], connection)
        }
    }

    public func count() async throws -> Int {
        try await database.read { connection in
            Int(try connection.query("SELECT COUNT(*) FROM account").first?.integer(0) ?? 0)
        }
    }

    public func update(_ account: Account, event: AuditEvent) async throws {
        try await database.transaction { connection in
            let former = try FormerNames(of: account.id, except: [account.login] + account.aliases, connection)
            let gainsRole = try Self.gainsRole(account, connection)
            try connection.execute(
                "UPDATE account SET name = ?, roles = ?, disabled = ? WHERE id = ?",
                .text(account.name), .text(account.roles.stored), .integer(account.disabled?.microseconds),
                .blob(account.id.octets))
            try connection.execute(
                "DELETE FROM login_name WHERE account = ? AND name <> ?", .blob(account.id.octets),
                .text(account.login.text))
            try Self.claim(account.aliases, for: account.id, connection)
            if account.isDisabled { try Self.endPortalAccess(of: account.id, connection) }
            // Whoever made a link for it, it was for less than the account is now.
            if gainsRole {
                try connection.execute("DELETE FROM setup_link WHERE account = ?", .blob(account.id.octets))
            }
            try former.keep(at: try AuditWriter.write([event], to: connection), connection)
        }
    }

    private static func gainsRole(_ account: Account, _ connection: any Connection) throws -> Bool {
        let before = try connection.query("SELECT roles FROM account WHERE id = ?", .blob(account.id.octets)).first
        let roles = try before?.text(0).split(separator: " ").compactMap { Account.Role(rawValue: String($0)) } ?? []
        return !account.roles.isSubset(of: roles)
    }

    /// A disabled account has no session and no way to begin one, nor gets them back when it is enabled again (ASVS 7.4.2).
    private static func endPortalAccess(of account: AccountID, _ connection: any Connection) throws {
        for table in ["session", "setup_link"] {
            try connection.execute("DELETE FROM \(table) WHERE account = ?", .blob(account.octets))
        }
    }

    public func delete(_ id: AccountID, event: AuditEvent) async throws {
        try await database.transaction { connection in
            let former = try FormerNames(of: id, connection)
            try connection.execute("DELETE FROM account WHERE id = ?", .blob(id.octets))
            try former.keep(at: try AuditWriter.write([event], to: connection), connection)
        }
    }

    private static func claim(_ names: [LoginName], for account: AccountID, _ connection: any Connection) throws {
        for name in names {
            let taken = try connection.query("SELECT account FROM login_name WHERE name = ?", .text(name.text)).first
            if let taken {
                if try taken.blob(0) == account.octets { continue }
                throw InvalidInput(field: "login", text: "“\(name)” belongs to another account: choose another name.")
            }
            try connection.execute(
                "INSERT INTO login_name (name, account) VALUES (?, ?)", .text(name.text), .blob(account.octets))
        }
    }

    private static func accounts(
        _ condition: String, _ values: [SQLValue], _ connection: any Connection
    ) throws -> [Account] {
        try connection.query("SELECT \(columns) FROM account a \(condition)", values).map { row in
            let names = try connection.query(
                "SELECT name FROM login_name WHERE account = ? ORDER BY name", .blob(try row.blob(0))
            ).map { try LoginName(stored: $0.text(0)) }
            return try Account(row, names: names)
        }
    }
}

extension Account {
    /// The columns of `SQLAccounts`, and every name that signs in to it, its login name among them.
    init(_ row: Row, names: [LoginName]) throws {
        guard let id = AccountID(octets: try row.blob(0)) else { throw UnreadableRow("an account has no id") }
        let login = try LoginName(stored: try row.text(1))
        self.init(
            id: id, login: login, aliases: names.filter { $0 != login }, name: try row.text(2),
            roles: Set(try row.text(3).split(separator: " ").compactMap { Role(rawValue: String($0)) }),
            created: Timestamp(microseconds: try row.integer(4)),
            disabled: try row.optionalInteger(5).map { Timestamp(microseconds: $0) })
    }
}

extension LoginName {
    init(stored text: String) throws(UnreadableRow) {
        guard let name = LoginName(text) else { throw UnreadableRow("a login name has a character that none may have") }
        self = name
    }
}

extension Set<Account.Role> {
    fileprivate var stored: String { map(\.rawValue).sorted().joined(separator: " ") }
}
