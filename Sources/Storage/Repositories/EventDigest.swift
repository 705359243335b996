import LatchkeyCore

/// Brings what is derived from the log up to its end: each app password's last use, and the index of events by account.
///
/// Sign-ins only append to the log, which costs the same whatever else there is. The digest follows, many at a time and sorted, so that one
/// page is written once for all that changed on it. Readers add what it has not seen yet: nobody sees it lag.
enum EventDigest {
    /// Events digested in one transaction: bounds how long other writers wait.
    static let batch: Int64 = 20_000

    /// The last event that has been digested.
    static func position(_ connection: any Connection) throws -> Int64 {
        try connection.query("SELECT seq FROM digest WHERE one = 1").first?.integer(0) ?? 0
    }

    /// Digests the next batch; returns how many events are left.
    static func advance(_ connection: any Connection) throws -> Int64 {
        let start = try position(connection)
        let end = try connection.query("SELECT COALESCE(MAX(seq), 0) FROM audit_event").first?.integer(0) ?? 0
        guard start < end else { return 0 }
        let upTo = min(end, start + batch)
        try connection.execute(
            """
            INSERT INTO account_event (account, seq)
            SELECT account, seq FROM audit_event WHERE seq > ? AND seq <= ? AND account IS NOT NULL ORDER BY account, seq
            """, .integer(start), .integer(upTo))
        try connection.execute(
            """
            INSERT INTO last_use (app_password, seq, time, service, address, client)
            SELECT e.app_password, e.seq, e.time, e.service, e.address, e.client
            FROM (\(latestUses)) u
            JOIN audit_event e ON e.seq = u.seq
            JOIN app_password p ON p.id = e.app_password
            WHERE e.seq <= ?
            ORDER BY e.app_password
            ON CONFLICT (app_password) DO UPDATE SET
                seq = excluded.seq, time = excluded.time, service = excluded.service, address = excluded.address,
                client = excluded.client
            """, .integer(start), .integer(upTo), .integer(upTo))
        try connection.execute("UPDATE digest SET seq = ? WHERE one = 1", .integer(upTo))
        return end - upTo
    }

    /// The number of each app password's latest accepted sign-in after one event and up to another.
    private static let latestUses = """
        SELECT MAX(seq) AS seq FROM audit_event
        WHERE seq > ? AND seq <= ? AND action = 'sign-in' AND refusal IS NULL AND app_password IS NOT NULL
        GROUP BY app_password
        """
}
