import Accounts
import LatchkeyCore
import OIDCClient

extension FactorProof {
    static func use(_ use: IdentityUse, in session: Session, _ connection: any Connection) throws -> Advance {
        let used = try connection.execute(
            """
            UPDATE oidc_identity SET last_use = ?, email = ?, tells_time = ?
            WHERE issuer = ? AND subject = ? AND account = ?
            """, .integer(use.time.microseconds), .text(use.email), .integer(use.tellsTime ? 1 : 0),
            .text(use.key.issuer), .text(use.key.subject), .blob(session.account.octets))
        guard used == 1 else { return .noFactor }
        try use.origin.insert(for: session, connection)
        return .advanced
    }

    static func link(_ identity: LinkedIdentity, _ connection: any Connection) throws -> Advance {
        let count = try connection.query(
            "SELECT COUNT(*) FROM oidc_identity WHERE account = ?", .blob(identity.account.octets)
        ).first?.integer(0)
        guard let count, count < LinkedIdentity.maximumCount else { return .noFactor }
        return try identity.insert(connection) ? .advanced : .alreadyUsed
    }

    /// Whether there is something that a second factor can follow: a password, or an identity that counts as one.
    static func hasFirstFactor(
        _ account: AccountID, _ connection: any Connection, _ trust: IdentityTrust
    ) throws -> Bool {
        if try !connection.query("SELECT 1 FROM portal_password WHERE account = ?", .blob(account.octets)).isEmpty {
            return true
        }
        return try SQLIdentities.identities(of: account, connection, trust).contains { $0.standing == .firstFactor }
    }

    /// Whether an identity signs in by itself.
    static func hasLoneIdentity(
        _ account: AccountID, _ connection: any Connection, _ trust: IdentityTrust
    ) throws -> Bool {
        try SQLIdentities.identities(of: account, connection, trust).contains { $0.standing == .alone }
    }
}
