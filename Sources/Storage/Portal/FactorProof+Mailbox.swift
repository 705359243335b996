import Accounts
import LatchkeyCore

extension FactorProof {
    static func use(
        mailed tags: [[UInt8]], at time: Timestamp, in session: Session, _ connection: any Connection
    ) throws -> Advance {
        let mailbox = try connection.query(
            "SELECT address FROM code_mailbox WHERE account = ?", .blob(session.account.octets)
        ).first
        guard let mailbox else { return .noFactor }
        let spent = try spend(tags, mailedTo: try mailbox.text(0), at: time, in: session, connection)
        guard spent == .advanced else { return spent }
        try connection.execute(
            "UPDATE code_mailbox SET last_use = ? WHERE account = ?", .integer(time.microseconds),
            .blob(session.account.octets))
        return .advanced
    }

    static func enrol(
        _ address: MailAddress, _ tags: [[UInt8]], at time: Timestamp, in session: Session,
        _ connection: any Connection, _ trust: IdentityTrust
    ) throws -> Advance {
        guard try mayEnrolSecondFactor(in: session, connection, trust) else { return .noFactor }
        let spent = try spend(tags, mailedTo: address.text, at: time, in: session, connection)
        guard spent == .advanced else { return spent }
        try connection.execute(
            """
            INSERT INTO code_mailbox (account, address, since, last_use) VALUES (?, ?, ?, NULL)
            ON CONFLICT (account) DO UPDATE SET address = excluded.address, since = excluded.since, last_use = NULL
            """, .blob(session.account.octets), .text(address.text), .integer(time.microseconds))
        try endOtherEnrolments(than: session, connection)
        return .advanced
    }

    static func hasMailbox(_ account: AccountID, _ connection: any Connection) throws -> Bool {
        try !connection.query("SELECT 1 FROM code_mailbox WHERE account = ?", .blob(account.octets)).isEmpty
    }

    /// One that was sent then counts no more.
    static func oldestMailedCode(at time: Timestamp) -> Timestamp { time + (.zero - CodesByMail.lifetime) }

    private static func spend(
        _ tags: [[UInt8]], mailedTo address: String, at time: Timestamp, in session: Session,
        _ connection: any Connection
    ) throws -> Advance {
        for tag in tags {
            let code =
                [
                    .blob(session.id.octets), .blob(tag), .text(address),
                    .integer(oldestMailedCode(at: time).microseconds),
                ] as [SQLValue]
            let condition = "session = ? AND tag = ? AND address = ? AND sent > ?"
            let used = try connection.execute(
                "UPDATE mailed_code SET used = ? WHERE \(condition) AND used IS NULL",
                [.integer(time.microseconds)] + code)
            if used == 1 { return .advanced }
            let known = try connection.query("SELECT 1 FROM mailed_code WHERE \(condition)", code)
            if !known.isEmpty { return .alreadyUsed }
        }
        return .noFactor
    }
}
