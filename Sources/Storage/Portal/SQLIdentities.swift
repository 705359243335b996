public import Accounts
import Crypto
public import LatchkeyCore
public import OIDCClient

/// Identities at providers in SQL.
public struct SQLIdentities: IdentityRepository {
    /// Authorizations that wait at once. Anybody can begin one, so beyond this those that wait longest go.
    static let maximumPending = 20_000
    /// Those from one network, of which the oldest go as well: many more than an office at nine o'clock, and few enough that one visitor cannot
    /// push out all others.
    static let maximumPendingOfOne = 500
    /// Logout notices remembered, as long as they could be used again. Only those that a provider signed get here; beyond this those that would
    /// be forgotten next go.
    static let maximumNotices = 20_000

    private static let columns = "id, issuer, subject, account, email, added, last_use, tells_time"

    private let database: any Database
    private let trust: IdentityTrust

    public init(_ database: any Database, trust: IdentityTrust) {
        self.database = database
        self.trust = trust
    }

    public func put(_ pending: PendingErrand, at now: Timestamp) async throws {
        // Those of unknown origin are of one network, too.
        let network = pending.network?.description ?? ""
        try await database.transaction { connection in
            try connection.execute("DELETE FROM oidc_pending WHERE created < ?", .integer(Self.oldest(at: now)))
            try connection.execute(
                """
                DELETE FROM oidc_pending WHERE network = ? AND created <=
                    (SELECT created FROM oidc_pending WHERE network = ? ORDER BY created DESC LIMIT 1 OFFSET ?)
                """, .text(network), .text(network), .integer(Int64(Self.maximumPendingOfOne - 1)))
            try connection.execute(
                """
                DELETE FROM oidc_pending WHERE created <=
                    (SELECT created FROM oidc_pending ORDER BY created DESC LIMIT 1 OFFSET ?)
                """, .integer(Int64(Self.maximumPending - 1)))
            try connection.execute(
                "INSERT INTO oidc_pending (state_hash, browser_hash, sealed, created, network) VALUES (?, ?, ?, ?, ?)",
                .blob(pending.stateHash), .blob(pending.browserHash), .blob(pending.sealed),
                .integer(now.microseconds), .text(network))
        }
    }

    public func take(stateHash: [UInt8], browserHash: [UInt8], at now: Timestamp) async throws -> [UInt8]? {
        try await database.transaction { connection in
            let found = try connection.query(
                "SELECT sealed FROM oidc_pending WHERE state_hash = ? AND browser_hash = ? AND created >= ?",
                .blob(stateHash), .blob(browserHash), .integer(Self.oldest(at: now))
            ).first
            guard let found else { return nil }
            try connection.execute("DELETE FROM oidc_pending WHERE state_hash = ?", .blob(stateHash))
            return try found.blob(0)
        }
    }

    private static func oldest(at now: Timestamp) -> Int64 {
        now.microseconds - PendingAuthorization.lifetime * 1_000_000
    }

    public func identity(_ key: IdentityKey) async throws -> LinkedIdentity? {
        try await database.read { [trust] connection in
            try connection.query(
                "SELECT \(Self.columns) FROM oidc_identity WHERE issuer = ? AND subject = ?", .text(key.issuer),
                .text(key.subject)
            ).first.map { try LinkedIdentity($0, trust) }
        }
    }

    public func identities(of account: AccountID) async throws -> [LinkedIdentity] {
        try await database.read { [trust] in try Self.identities(of: account, $0, trust) }
    }

    static func identities(
        of account: AccountID, _ connection: any Connection, _ trust: IdentityTrust
    ) throws -> [LinkedIdentity] {
        try connection.query(
            "SELECT \(columns) FROM oidc_identity WHERE account = ? ORDER BY added, id", .blob(account.octets)
        ).map { try LinkedIdentity($0, trust) }
    }

    public func welcome(_ newcomer: Newcomer) async throws -> Welcome {
        try await database.transaction { connection in
            let login = newcomer.account.login
            let key = newcomer.identity.key
            let known = try connection.query(
                "SELECT 1 FROM oidc_identity WHERE issuer = ? AND subject = ?", .text(key.issuer), .text(key.subject))
            guard known.isEmpty else { return .known }
            let taken = try connection.query("SELECT 1 FROM login_name WHERE name = ?", .text(login.text))
            guard taken.isEmpty else { return .loginTaken }
            try SQLAccounts.insert(newcomer.account, event: newcomer.accountCreated, connection)
            _ = try newcomer.identity.insert(connection)
            try connection.execute(
                "UPDATE oidc_identity SET last_use = added WHERE id = ?", .blob(newcomer.identity.id.octets))
            try SQLSessions.insert(newcomer.session, tokenHash: newcomer.sessionTokenHash, connection)
            try newcomer.origin.insert(for: newcomer.session, connection)
            try AuditWriter.write(newcomer.events, to: connection)
            return .welcome
        }
    }

    public func origin(of session: Identifier<Session>) async throws -> ProviderSession? {
        try await database.read { connection in
            try connection.query(
                "SELECT issuer, subject, sid, sealed_token FROM oidc_session WHERE session = ?", .blob(session.octets)
            ).first.map { row in
                ProviderSession(
                    issuer: try row.text(0), subject: try row.text(1), sessionID: try row.optionalText(2),
                    sealedToken: try row.optionalBlob(3))
            }
        }
    }

    public func endSessions(
        named notice: LogoutNotice, at now: Timestamp, event: @escaping @Sendable (AccountID) -> AuditEvent
    ) async throws -> Int? {
        try await database.transaction { connection in
            guard try Self.remember(notice, at: now, connection) else { return nil }
            let names = [("issuer", notice.issuer), ("subject", notice.subject), ("sid", notice.sessionID)].filter {
                $0.1 != nil
            }
            let condition = """
                WHERE id IN (SELECT session FROM oidc_session
                    WHERE \(names.map { "\($0.0) = ?" }.joined(separator: " AND ")))
                """
            let values = names.map { SQLValue.text($0.1) }
            let accounts = try connection.query("SELECT DISTINCT account FROM session \(condition)", values).map {
                guard let account = AccountID(octets: try $0.blob(0)) else {
                    throw UnreadableRow("a session has no account")
                }
                return account
            }
            guard !accounts.isEmpty else { return 0 }
            let ended = try connection.execute("DELETE FROM session \(condition)", values)
            try AuditWriter.write(accounts.map(event), to: connection)
            return ended
        }
    }

    /// False if it was obeyed before: obeyed again it would end sessions that began after it.
    private static func remember(
        _ notice: LogoutNotice, at now: Timestamp, _ connection: any Connection
    ) throws -> Bool {
        // A second longer than it can be used: it is exact to a second.
        try connection.execute("DELETE FROM oidc_logout WHERE useless < ?", .integer(now.seconds - 1))
        try connection.execute(
            "DELETE FROM oidc_logout WHERE useless <= (SELECT useless FROM oidc_logout ORDER BY useless DESC LIMIT 1 OFFSET ?)",
            .integer(Int64(maximumNotices - 1)))
        let name = "\(notice.issuer.utf8.count) \(notice.issuer) \(notice.tokenID)"
        return try connection.execute(
            "INSERT INTO oidc_logout (notice_hash, useless) VALUES (?, ?) ON CONFLICT (notice_hash) DO NOTHING",
            .blob(Array(SHA256.hash(data: Array(name.utf8)))), .integer(notice.useless.seconds)) == 1
    }

    public func put(_ form: KeptForm, at now: Timestamp) async throws {
        try await database.transaction { connection in
            try connection.execute(
                "DELETE FROM kept_form WHERE created < ?", .integer(now.microseconds - KeptForm.lifetime.microseconds))
            try connection.execute(
                """
                DELETE FROM kept_form WHERE session = ? AND created <=
                    (SELECT created FROM kept_form WHERE session = ? ORDER BY created DESC LIMIT 1 OFFSET ?)
                """, .blob(form.session.octets), .blob(form.session.octets),
                .integer(Int64(KeptForm.maximumCount - 1)))
            try connection.execute(
                "INSERT INTO kept_form (id_hash, session, sealed, created) VALUES (?, ?, ?, ?)", .blob(form.idHash),
                .blob(form.session.octets), .blob(form.sealed), .integer(now.microseconds))
        }
    }

    public func form(
        idHash: [UInt8], of session: Identifier<Session>, at now: Timestamp
    ) async throws -> [UInt8]? {
        try await database.read { connection in
            try connection.query(
                "SELECT sealed FROM kept_form WHERE id_hash = ? AND session = ? AND created >= ?", .blob(idHash),
                .blob(session.octets), .integer(now.microseconds - KeptForm.lifetime.microseconds)
            ).first?.blob(0)
        }
    }

    public func issuersWithoutTime() async throws -> [String] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT DISTINCT issuer FROM oidc_session
                WHERE session IN (SELECT id FROM session WHERE stage = ? AND strong_at IS NULL) ORDER BY issuer
                """, .text(Session.Stage.signedIn.rawValue)
            ).map { try $0.text(0) }
        }
    }
}

extension LinkedIdentity {
    fileprivate init(_ row: Row, _ trust: IdentityTrust) throws {
        guard let id = Identifier<LinkedIdentity>(octets: try row.blob(0)),
            let account = AccountID(octets: try row.blob(3))
        else { throw UnreadableRow("an identity has no id or account") }
        let key = IdentityKey(issuer: try row.text(1), subject: try row.text(2))
        self.init(
            id: id, key: key, account: account, email: try row.optionalText(4),
            added: Timestamp(microseconds: try row.integer(5)),
            lastUse: try row.optionalInteger(6).map { Timestamp(microseconds: $0) },
            tellsTime: try row.integer(7) != 0, standing: trust.standing(of: key))
    }

    /// False if somebody has it already.
    func insert(_ connection: any Connection) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO oidc_identity (issuer, subject, id, account, email, added, tells_time)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (issuer, subject) DO NOTHING
            """, .text(key.issuer), .text(key.subject), .blob(id.octets), .blob(account.octets), .text(email),
            .integer(added.microseconds), .integer(tellsTime ? 1 : 0)) == 1
    }
}

extension ProviderSession {
    /// In the place of what a session stood on before.
    func insert(for session: Session, _ connection: any Connection) throws {
        try connection.execute("DELETE FROM oidc_session WHERE session = ?", .blob(session.id.octets))
        try connection.execute(
            "INSERT INTO oidc_session (session, issuer, subject, sid, sealed_token) VALUES (?, ?, ?, ?, ?)",
            .blob(session.id.octets), .text(issuer), .text(subject), .text(sessionID), .blob(sealedToken))
    }
}
