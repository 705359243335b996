public import LatchkeyCore

/// What owners say of networks, in SQL.
public struct SQLApprovals: ApprovalRepository {
    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func waiting(of account: AccountID, at now: Timestamp) async throws -> [WaitingNetwork] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT w.app_password, w.network, w.since, w.address, w.service, w.client
                FROM approval w JOIN app_password p ON p.id = w.app_password
                WHERE p.account = ? AND w.state = 'waiting' AND w.since > ?
                    AND (p.ended IS NULL OR p.ended > ?) AND (p.expires IS NULL OR p.expires > ?)
                ORDER BY w.since DESC, w.network
                """, .blob(account.octets), .integer(WaitingNetwork.oldest(at: now).microseconds),
                .integer(now.microseconds), .integer(now.microseconds)
            ).map { try WaitingNetwork($0) }
        }
    }

    public func set(
        _ network: ClientNetwork, of appPassword: AppPasswordID, as decision: FirstUseApprovals.Decision,
        at now: Timestamp, event: AuditEvent
    ) async throws -> Bool {
        try await database.transaction { connection in
            let changed = try connection.execute(
                """
                INSERT INTO approval (app_password, network, state, since)
                SELECT id, ?, ?, ? FROM app_password WHERE id = ?
                ON CONFLICT (app_password, network) DO UPDATE SET state = excluded.state, since = excluded.since
                WHERE approval.state <> excluded.state
                """, .text(network.description), .text(decision.rawValue), .integer(now.microseconds),
                .blob(appPassword.octets))
            guard changed == 1 else { return false }
            try Self.forgetOldest(of: appPassword, connection)
            try AuditWriter.write([event], to: connection)
            return true
        }
    }

    private static func forgetOldest(of appPassword: AppPasswordID, _ connection: any Connection) throws {
        try connection.execute(
            """
            DELETE FROM approval WHERE app_password = ? AND state = 'approved' AND network NOT IN (
                SELECT network FROM approval WHERE app_password = ? AND state = 'approved'
                ORDER BY since DESC, network LIMIT ?)
            """, .blob(appPassword.octets), .blob(appPassword.octets),
            .integer(Int64(FirstUseApprovals.maximumApproved)))
    }

    /// Asks the owner about the network of a sign-in that waits; once, until they answer or the question expires. Within the transaction
    /// that records the sign-in.
    static func ask(about signIn: SignIn, _ audit: inout AuditWriter, _ connection: any Connection) throws {
        guard let appPassword = signIn.appPassword else { return }
        let network = ClientNetwork(of: signIn.address)
        let expired = SQLValue.integer(WaitingNetwork.oldest(at: signIn.time).microseconds)
        try connection.execute(
            "DELETE FROM approval WHERE app_password = ? AND state = 'waiting' AND since <= ?",
            .blob(appPassword.octets), expired)
        let asked = try connection.execute(
            """
            INSERT INTO approval (app_password, network, state, since, address, service, client)
            SELECT ?, ?, 'waiting', ?, ?, ?, ?
            WHERE (SELECT COUNT(*) FROM approval WHERE app_password = ? AND state = 'waiting') < ?
            ON CONFLICT (app_password, network) DO NOTHING
            """, .blob(appPassword.octets), .text(network.description), .integer(signIn.time.microseconds),
            .text(signIn.address?.description), .text(signIn.service?.name), .text(signIn.client),
            .blob(appPassword.octets), .integer(Int64(FirstUseApprovals.maximumWaiting)))
        guard asked == 1 else { return }
        try audit.append(
            AuditEvent(
                time: signIn.time, action: .approvalAsked, actor: .system, account: signIn.account,
                appPassword: appPassword,
                service: signIn.service, door: signIn.door, address: signIn.address, client: signIn.client,
                detail: network.description), to: connection)
    }

    /// What a replacement is allowed, its predecessor was: the device is the same.
    static func inherit(
        _ replacement: AppPasswordID, from old: AppPasswordID, _ connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO approval (app_password, network, state, since)
            SELECT ?, network, state, since FROM approval WHERE app_password = ? AND state <> 'waiting'
            """, .blob(replacement.octets), .blob(old.octets))
    }

    /// Counts the networks of every sign-in so far as approved: where the policy comes new, nobody's devices stop. For the start of a server
    /// that has the policy; from then on no sign-in is accepted from any other network.
    public func learnUsedNetworks() async throws {
        try await database.transaction { connection in
            let end = try connection.query("SELECT COALESCE(MAX(seq), 0) FROM audit_event").first?.integer(0) ?? 0
            let uses = try connection.query(
                """
                SELECT e.app_password, e.address, MAX(e.time)
                FROM audit_event e JOIN app_password p ON p.id = e.app_password
                WHERE e.seq > (SELECT seq FROM approval_position WHERE one = 1)
                    AND e.action = 'sign-in' AND e.refusal IS NULL
                GROUP BY e.app_password, e.address ORDER BY MAX(e.time)
                """)
            for use in uses {
                let network = ClientNetwork(of: try use.optionalText(1).flatMap { IPAddress($0) })
                try connection.execute(
                    """
                    INSERT INTO approval (app_password, network, state, since) VALUES (?, ?, 'approved', ?)
                    ON CONFLICT (app_password, network) DO UPDATE SET state = 'approved', since = excluded.since
                    WHERE approval.state <> 'denied'
                    """, .blob(try use.blob(0)), .text(network.description), .integer(try use.integer(2)))
            }
            for used in Set(try uses.map { try $0.blob(0) }).compactMap({ AppPasswordID(octets: $0) }) {
                try Self.forgetOldest(of: used, connection)
            }
            try connection.execute("UPDATE approval_position SET seq = ? WHERE one = 1", .integer(end))
        }
    }
}

extension WaitingNetwork {
    fileprivate init(_ row: Row) throws {
        guard let appPassword = AppPasswordID(octets: try row.blob(0)), let network = ClientNetwork(try row.text(1))
        else { throw UnreadableRow("a network that waits has no app password, or is none") }
        self.init(
            appPassword: appPassword, network: network, since: Timestamp(microseconds: try row.integer(2)),
            address: try row.optionalText(3).flatMap { IPAddress($0) },
            service: try row.optionalText(4).flatMap { Service($0) }, client: try row.optionalText(5))
    }
}
