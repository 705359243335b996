public import Accounts
public import LatchkeyCore

/// Second factors in SQL.
public struct SQLSecondFactors: SecondFactorRepository {
    private let database: any Database
    private let trust: IdentityTrust
    private let mailsCodes: Bool

    /// `mailsCodes`: whether codes by mail are allowed here.
    public init(_ database: any Database, trust: IdentityTrust = .none, mailsCodes: Bool = false) {
        self.database = database
        self.trust = trust
        self.mailsCodes = mailsCodes
    }

    public func factors(of account: AccountID) async throws -> SecondFactors {
        try await database.read { [trust, mailsCodes] connection in
            let codes = try connection.query(
                "SELECT COUNT(*) - COUNT(used), MAX(used) FROM recovery_code WHERE account = ?", .blob(account.octets)
            ).first
            return SecondFactors(
                totp: try Self.enrolled(account, connection), pending: try Self.pending(account, connection),
                mailbox: try SQLCodeMailboxes.mailbox(of: account, connection, areMailed: mailsCodes),
                recoveryCodesLeft: Int(try codes?.integer(0) ?? 0),
                recoveryCodeLastUse: try codes?.optionalInteger(1).map { Timestamp(microseconds: $0) },
                credentials: try SQLWebAuthnCredentials.credentials(of: account, connection),
                identities: try SQLIdentities.identities(of: account, connection, trust))
        }
    }

    public func putPending(_ totp: SecondFactors.PendingTOTP, of account: AccountID) async throws {
        _ = try await database.transaction { connection in
            try connection.execute(
                """
                INSERT INTO totp (account, state, sealed, since, session) VALUES (?, 'pending', ?, ?, ?)
                ON CONFLICT (account, state) DO UPDATE
                SET sealed = excluded.sealed, since = excluded.since, session = excluded.session
                """, .blob(account.octets), .blob(totp.sealed), .integer(totp.since.microseconds),
                .blob(totp.session.octets))
        }
    }

    public func renameTOTP(of account: AccountID, to name: String, event: AuditEvent) async throws -> Bool {
        try await database.transaction { connection in
            let renamed = try connection.execute(
                "UPDATE totp SET name = ? WHERE account = ? AND state = 'active'", .text(name), .blob(account.octets))
            guard renamed == 1 else { return false }
            try AuditWriter.write([event], to: connection)
            return true
        }
    }

    public func replaceRecoveryCodes(of account: AccountID, tags: [[UInt8]], event: AuditEvent) async throws {
        try await database.transaction { connection in
            try connection.execute("DELETE FROM recovery_code WHERE account = ?", .blob(account.octets))
            for tag in tags {
                try connection.execute(
                    "INSERT INTO recovery_code (tag, account) VALUES (?, ?)", .blob(tag), .blob(account.octets))
            }
            try AuditWriter.write([event], to: connection)
        }
    }

    public func remove(
        _ method: RemovableMethod, of account: AccountID, keeping kept: Identifier<Session>, event: AuditEvent
    ) async throws -> Removal {
        do {
            return try await database.transaction { [trust, mailsCodes] connection in
                let owner = SQLValue.blob(account.octets)
                let removed =
                    switch method {
                    case .password: try connection.execute("DELETE FROM portal_password WHERE account = ?", owner)
                    case .totp: try connection.execute("DELETE FROM totp WHERE account = ? AND state = 'active'", owner)
                    case .mailbox: try connection.execute("DELETE FROM code_mailbox WHERE account = ?", owner)
                    case .credential(let id):
                        try connection.execute(
                            "DELETE FROM webauthn_credential WHERE id = ? AND account = ?", .blob(id.octets), owner)
                    case .identity(let id):
                        try connection.execute(
                            "DELETE FROM oidc_identity WHERE id = ? AND account = ?", .blob(id.octets), owner)
                    }
                guard removed == 1 else { return .gone }
                guard try Self.canSignIn(account, connection, trust, mailsCodes) else { throw LastWay() }
                try connection.execute(
                    "DELETE FROM session WHERE account = ? AND id <> ?", owner, .blob(kept.octets))
                try AuditWriter.write([event], to: connection)
                return .removed
            }
        } catch is LastWay {
            return .lastWay
        }
    }

    /// Undoes a removal.
    private struct LastWay: Error {}

    /// With something that does alone, or with a first and a second factor (`WaysToSignIn.suffices`, asked again where it cannot change
    /// meanwhile).
    private static func canSignIn(
        _ account: AccountID, _ connection: any Connection, _ trust: IdentityTrust, _ mailsCodes: Bool
    ) throws -> Bool {
        let passkeys = try connection.query(
            "SELECT 1 FROM webauthn_credential WHERE account = ? AND kind = 'passkey' LIMIT 1",
            .blob(account.octets))
        if !passkeys.isEmpty { return true }
        if try FactorProof.hasLoneIdentity(account, connection, trust) { return true }
        guard try FactorProof.hasFirstFactor(account, connection, trust) else { return false }
        if try FactorProof.hasCodesOrKeys(account, connection) { return true }
        return try SQLCodeMailboxes.mailbox(of: account, connection, areMailed: mailsCodes)?.isUsable ?? false
    }

    private static func enrolled(
        _ account: AccountID, _ connection: any Connection
    ) throws -> SecondFactors.EnrolledTOTP? {
        try connection.query(
            "SELECT sealed, since, last_step, last_use, name FROM totp WHERE account = ? AND state = 'active'",
            .blob(account.octets)
        ).first.map { row in
            SecondFactors.EnrolledTOTP(
                sealed: try row.blob(0), name: try row.optionalText(4),
                since: Timestamp(microseconds: try row.integer(1)),
                lastStep: try row.optionalInteger(2),
                lastUse: try row.optionalInteger(3).map { Timestamp(microseconds: $0) })
        }
    }

    private static func pending(
        _ account: AccountID, _ connection: any Connection
    ) throws -> SecondFactors.PendingTOTP? {
        try connection.query(
            "SELECT sealed, since, session FROM totp WHERE account = ? AND state = 'pending'", .blob(account.octets)
        ).first.map { row in
            guard let session = Identifier<Session>(octets: try row.blob(2)) else {
                throw UnreadableRow("a pending TOTP secret names no session")
            }
            return SecondFactors.PendingTOTP(
                sealed: try row.blob(0), since: Timestamp(microseconds: try row.integer(1)), session: session)
        }
    }
}

extension FactorProof {
    /// Uses the factor up: `.advanced` if it was there and unused. The caller's transaction undoes it if anything else fails.
    func consume(
        in session: Session, _ connection: any Connection, _ trust: IdentityTrust
    ) throws -> Advance {
        let account = SQLValue.blob(session.account.octets)
        switch self {
        case .totp(let step, let time):
            let used = try connection.execute(
                """
                UPDATE totp SET last_step = ?, last_use = ?
                WHERE account = ? AND state = 'active' AND (last_step IS NULL OR last_step < ?)
                """, .integer(step), .integer(time.microseconds), account, .integer(step))
            if used == 1 { return .advanced }
            return try Self.hasTOTP(account, connection) ? .alreadyUsed : .noFactor
        case .recoveryCode(let tags, let time):
            for tag in tags {
                let used = try connection.execute(
                    "UPDATE recovery_code SET used = ? WHERE tag = ? AND account = ? AND used IS NULL",
                    .integer(time.microseconds), .blob(tag), account)
                if used == 1 { return .advanced }
                let known = try connection.query(
                    "SELECT 1 FROM recovery_code WHERE tag = ? AND account = ?", .blob(tag), account)
                if !known.isEmpty { return .alreadyUsed }
            }
            return .noFactor
        case .mailedCode(let tags, let time):
            return try Self.use(mailed: tags, at: time, in: session, connection)
        case .newMailbox(let address, let tags, let time):
            return try Self.enrol(address, tags, at: time, in: session, connection, trust)
        case .enrolment(let sealed, let step, let time):
            return try Self.enrol(sealed, step, time, in: session, connection, trust)
        case .credential(let use): return try Self.use(use, of: session.account, connection)
        case .newCredential(let credential, let challenge):
            return try Self.add(credential, challenge: challenge, in: session, connection, trust)
        case .identity(let use): return try Self.use(use, in: session, connection)
        case .newIdentity(let identity): return try Self.link(identity, connection)
        }
    }

    private static func enrol(
        _ sealed: [UInt8], _ step: Int64, _ time: Timestamp, in session: Session, _ connection: any Connection,
        _ trust: IdentityTrust
    ) throws -> Advance {
        let account = SQLValue.blob(session.account.octets)
        guard try mayEnrolSecondFactor(in: session, connection, trust) else { return .noFactor }
        let pending = try connection.query(
            "SELECT 1 FROM totp WHERE account = ? AND state = 'pending' AND sealed = ? AND session = ?", account,
            .blob(sealed), .blob(session.id.octets))
        guard !pending.isEmpty else { return .noFactor }
        try connection.execute("DELETE FROM totp WHERE account = ? AND state = 'active'", account)
        try connection.execute(
            """
            UPDATE totp SET state = 'active', since = ?, last_step = ?, last_use = ?, session = NULL
            WHERE account = ? AND state = 'pending'
            """, .integer(time.microseconds), .integer(step), .integer(time.microseconds), account)
        try endOtherEnrolments(than: session, connection)
        return .advanced
    }

    /// Whether the session may add something that follows a password, or confirms what signs in alone.
    static func mayEnrolSecondFactor(
        in session: Session, _ connection: any Connection, _ trust: IdentityTrust
    ) throws -> Bool {
        guard try canFollow(session.account, connection, trust) else { return false }
        return try mayAddStrongWay(in: session, connection, trust)
    }

    /// A password or setup link alone may add the first strong way, and nothing after that: somebody else who has it may have been faster.
    /// So may the word of a provider that does not say when somebody signed in add the first way of one's own.
    static func mayAddStrongWay(
        in session: Session, _ connection: any Connection, _ trust: IdentityTrust
    ) throws -> Bool {
        let kept = try connection.query(
            "SELECT stage, strong_at FROM session WHERE id = ?", .blob(session.id.octets)
        ).first
        if try kept?.text(0) == Session.Stage.signedIn.rawValue {
            return try kept?.optionalInteger(1) != nil || !hasOwn(session.account, connection)
        }
        return try !isEnrolled(session.account, connection, trust)
    }

    /// Whatever else waits to enrol has shown no more than a password.
    static func endOtherEnrolments(than session: Session, _ connection: any Connection) throws {
        try connection.execute(
            "DELETE FROM session WHERE account = ? AND stage = ? AND id <> ?", .blob(session.account.octets),
            .text(Session.Stage.enrolment.rawValue), .blob(session.id.octets))
    }

    private static func hasTOTP(_ account: SQLValue, _ connection: any Connection) throws -> Bool {
        try !connection.query("SELECT 1 FROM totp WHERE account = ? AND state = 'active'", account).isEmpty
    }
}
