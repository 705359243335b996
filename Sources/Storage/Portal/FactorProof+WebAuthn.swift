import Accounts
import LatchkeyCore

extension FactorProof {
    /// Longer than a challenge can be answered (five minutes).
    private static let spentMemory: Duration = .seconds(600)

    static func use(_ use: CredentialUse, of account: AccountID, _ connection: any Connection) throws -> Advance {
        guard try spend(use.challenge, at: use.time, connection) else { return .alreadyUsed }
        let used = try connection.execute(
            """
            UPDATE webauthn_credential SET sign_count = ?, backed_up = ?, last_use = ?
            WHERE id = ? AND account = ? AND sign_count = ?
            """,
            .integer(Int64(use.signCount)), .integer(use.isBackedUp ? 1 : 0), .integer(use.time.microseconds),
            .blob(use.id.octets), .blob(account.octets), .integer(Int64(use.lastSignCount)))
        return used == 1 ? .advanced : .noFactor
    }

    static func add(
        _ credential: WebAuthnCredential, challenge: [UInt8], in session: Session, _ connection: any Connection,
        _ trust: IdentityTrust
    ) throws -> Advance {
        let account = SQLValue.blob(session.account.octets)
        guard try spend(challenge, at: credential.added, connection) else { return .noFactor }
        guard try mayAddStrongWay(in: session, connection, trust) else { return .noFactor }
        if credential.kind == .securityKey, try !canFollow(session.account, connection, trust) { return .noFactor }
        let count = try connection.query("SELECT COUNT(*) FROM webauthn_credential WHERE account = ?", account).first
        guard let count = try count?.integer(0), count < WebAuthnCredential.maximumCount else { return .noFactor }
        guard try credential.insert(connection) else { return .alreadyUsed }
        try endOtherEnrolments(than: session, connection)
        return .advanced
    }

    /// Whether there is something that a second factor can follow, or confirm: to nothing it would open nothing.
    static func canFollow(
        _ account: AccountID, _ connection: any Connection, _ trust: IdentityTrust
    ) throws -> Bool {
        try hasFirstFactor(account, connection, trust) || hasLoneIdentity(account, connection, trust)
    }

    /// Whether the account has a second factor, a passkey, or an identity that signs in by itself.
    static func isEnrolled(
        _ account: AccountID, _ connection: any Connection, _ trust: IdentityTrust
    ) throws -> Bool {
        try hasOwn(account, connection) || hasLoneIdentity(account, connection, trust)
    }

    /// Whether there is anything of Latchkey's own to confirm with.
    static func hasOwn(_ account: AccountID, _ connection: any Connection) throws -> Bool {
        try hasCodesOrKeys(account, connection) || hasMailbox(account, connection)
    }

    static func hasCodesOrKeys(_ account: AccountID, _ connection: any Connection) throws -> Bool {
        try !connection.query(
            """
            SELECT 1 FROM totp WHERE account = ? AND state = 'active'
            UNION ALL SELECT 1 FROM webauthn_credential WHERE account = ? LIMIT 1
            """, .blob(account.octets), .blob(account.octets)
        ).isEmpty
    }

    /// False if it was spent before.
    static func spend(_ challenge: [UInt8], at time: Timestamp, _ connection: any Connection) throws -> Bool {
        try connection.execute(
            "DELETE FROM spent_challenge WHERE time < ?",
            .integer(time.microseconds - spentMemory.microseconds))
        return try connection.execute(
            "INSERT INTO spent_challenge (challenge, time) VALUES (?, ?) ON CONFLICT (challenge) DO NOTHING",
            .blob(challenge), .integer(time.microseconds)) == 1
    }
}
