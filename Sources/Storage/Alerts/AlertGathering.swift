import Accounts
import LatchkeyCore

/// Reads a part of the audit log for what its owners are to be told. Runs behind the log, like the digest: a sign-in costs nothing here but its
/// share of a few grouped queries, however often a client signs in.
struct AlertGathering {
    /// Events looked at in one transaction: bounds how long other writers wait.
    static let batch: Int64 = 5_000

    private let connection: any Connection
    private let entry: AlertEntry

    init(_ connection: any Connection, _ entry: AlertEntry) {
        self.connection = connection
        self.entry = entry
    }

    static func isBehind(_ connection: any Connection) throws -> Bool {
        guard let position = try position(connection) else { return true }
        return try end(connection) > position
    }

    private static func position(_ connection: any Connection) throws -> Int64? {
        try connection.query("SELECT seq FROM alert_position WHERE one = 1").first?.integer(0)
    }

    private static func end(_ connection: any Connection) throws -> Int64 {
        try connection.query("SELECT COALESCE(MAX(seq), 0) FROM audit_event").first?.integer(0) ?? 0
    }

    /// True if there is more.
    func advance() throws -> Bool {
        let end = try Self.end(connection)
        guard let position = try Self.position(connection) else {
            try begin(at: end)
            return false
        }
        let part = Part(after: position, upTo: min(end, position + Self.batch))
        try changes(in: part)
        try acceptedSignIns(in: part)
        try refusedSignIns(in: part)
        try connection.execute("UPDATE alert_position SET seq = ? WHERE one = 1", .integer(part.upTo))
        return part.upTo < end
    }

    /// Whatever was used before is not news, wherever that was from.
    private func begin(at end: Int64) throws {
        try connection.execute("INSERT INTO alert_position (one, seq) VALUES (1, ?)", .integer(end))
        try connection.execute(
            """
            INSERT INTO alert_known (subject, place, since)
            SELECT app_password, ?, 0 FROM last_use WHERE true
            UNION SELECT app_password, ?, 0 FROM audit_event
                WHERE seq > ? AND action = 'sign-in' AND refusal IS NULL AND app_password IS NOT NULL
            """, .text(Place.used), .text(Place.used), .integer(try EventDigest.position(connection)))
    }

    private struct Part {
        let after: Int64
        let upTo: Int64

        init(after: Int64, upTo: Int64) {
            self.after = after
            self.upTo = upTo
        }

        var values: [SQLValue] { [.integer(after), .integer(upTo)] }
    }

    // MARK: What people and administrators did

    private func changes(in part: Part) throws {
        let events = try connection.query(
            """
            SELECT \(AuditEntry.columns) FROM audit_event e
            WHERE e.seq > ? AND e.seq <= ? AND e.action <> 'sign-in' AND e.account IS NOT NULL ORDER BY e.seq
            """, part.values
        ).compactMap { Self.readable($0) }
        for event in events {
            if try isPartOfSetUp(event) { continue }
            if event.completesPortalSignIn {
                try portalSignIn(event)
            } else if event.action == .portalSignInFailed {
                try guesses(1, event)
            } else if let kind = event.action.alert, event.refusal == nil {
                // The end of an app password whose replacement is in use is no news.
                if kind == .appPasswordEnded, event.actor == .system { continue }
                if kind == .recoveryLinkIssued, let age = try age(event), age < AlertRule.welcome { continue }
                if kind == .keyCopySuspected, try !isFirstToday(event, kind) { continue }
                // With its account an identity is no new way to sign in, but the first.
                let isFirst = try event.action == .identityLinked && age(event) == .zero
                try entry.queue(isFirst ? .accountOpened : kind, of: event)
            }
            if event.action == .accountDeleted, let account = event.account { try forget(account) }
        }
    }

    /// A set-up link sets a password and takes away what was there: that is one thing, told once. What happened to one account in one
    /// transaction has one time. The link's own event may be in an earlier part.
    private func isPartOfSetUp(_ event: AuditEvent) throws -> Bool {
        switch event.action {
        case .portalPasswordSet, .recoveryCodesRemoved, .totpRemoved, .mailboxRemoved, .passkeyRemoved,
            .securityKeyRemoved, .identityUnlinked:
            try !connection.query(
                "SELECT 1 FROM audit_event WHERE account = ? AND time = ? AND action = ? LIMIT 1",
                .blob(event.account?.octets), .integer(event.time.microseconds),
                .text(AuditEvent.Action.setupLinkUsed.rawValue)
            ).isEmpty
        default: false
        }
    }

    /// An event that cannot be read is for `latchkey audit verify` to report; it must not keep all others from being told.
    private static func readable(_ row: Row) -> AuditEvent? {
        do { return try AuditEntry(row).event } catch { return nil }
    }

    /// Who has a copy of a key can try it often.
    private func isFirstToday(_ event: AuditEvent, _ kind: AlertKind) throws -> Bool {
        guard let account = event.account?.octets else { return false }
        return try entry.tally(kind, of: account, adding: 1, threshold: 1, at: event.time) != nil
    }

    /// Of the account, when it happened; nil if it is gone.
    private func age(_ event: AuditEvent) throws -> Duration? {
        try connection.query("SELECT created FROM account WHERE id = ?", .blob(event.account?.octets)).first
            .map { event.time - Timestamp(microseconds: try $0.integer(0)) }
    }

    private func forget(_ account: AccountID) throws {
        for table in ["alert_known", "alert_tally"] {
            // Its app passwords are gone with it.
            try connection.execute(
                "DELETE FROM \(table) WHERE subject = ? OR subject NOT IN (SELECT id FROM app_password UNION ALL SELECT id FROM account)",
                .blob(account.octets))
        }
    }

    private func portalSignIn(_ event: AuditEvent) throws {
        guard let account = event.account?.octets else { return }
        let isFirst = try !entry.knows(Place.portal, of: account)
        let places = [
            Place.browser(event.client), event.address.flatMap { AlertRule.network(of: $0) }.map { Place.visited($0) },
        ].compactMap(\.self)
        let isNew = try places.reduce(false) { isNew, place in
            let isUnseen = try entry.remember(place, of: account)
            return isNew || isUnseen
        }
        if isNew, !isFirst { try entry.queue(.newBrowser, of: event) }
    }

    // MARK: What clients did

    /// Each app password and address once, however often it signed in.
    private func acceptedSignIns(in part: Part) throws {
        let firsts = try connection.query(
            """
            SELECT MIN(seq), app_password, address FROM audit_event
            WHERE seq > ? AND seq <= ? AND action = 'sign-in' AND refusal IS NULL AND app_password IS NOT NULL
            GROUP BY app_password, address ORDER BY MIN(seq)
            """, part.values)
        for first in firsts {
            let appPassword = try first.blob(1)
            let network = try first.optionalText(2).flatMap { IPAddress($0) }.flatMap { AlertRule.network(of: $0) }
            let isUsed = try entry.knows(Place.used, of: appPassword)
            let hasNetwork = try entry.knows(Place.from, of: appPassword)
            if !isUsed { _ = try entry.remember(Place.used, of: appPassword) }
            let isNew = try network.map { try entry.remember(Place.used(from: $0), of: appPassword) } ?? false
            let kind: AlertKind? = !isUsed ? .appPasswordFirstUsed : isNew && hasNetwork ? .appPasswordNewNetwork : nil
            guard let kind, let event = try event(first.integer(0)) else { continue }
            if kind == .appPasswordNewNetwork,
                try !entry.isWithin(Int64(AlertRule.manyNetworks), kind, of: appPassword, at: event.time)
            {
                continue
            }
            try entry.queue(kind, of: event)
        }
    }

    private func refusedSignIns(in part: Part) throws {
        let runs = try connection.query(
            """
            SELECT MAX(seq), COUNT(*) FROM audit_event
            WHERE seq > ? AND seq <= ? AND action = 'sign-in' AND account IS NOT NULL
                AND refusal IN ('unknown', 'portal-password-used', 'throttled', 'revoked', 'expired')
            GROUP BY account, app_password, refusal ORDER BY MAX(seq)
            """, part.values)
        for run in runs {
            guard let event = try event(run.integer(0)), let refusal = event.refusal else { continue }
            if refusal.countsAsGuess {
                try guesses(try run.integer(1), event)
            } else if let appPassword = event.appPassword {
                let count = try entry.tally(
                    .endedSecretTried, of: appPassword.octets, adding: try run.integer(1), threshold: 1, at: event.time)
                if let count { try entry.queue(.endedSecretTried, of: event, count: Int(count)) }
            }
        }
    }

    /// The event is the latest of so many.
    private func guesses(_ more: Int64, _ event: AuditEvent) throws {
        guard let account = event.account?.octets else { return }
        let count = try entry.tally(
            .wrongGuesses, of: account, adding: more, threshold: Int64(AlertRule.manyGuesses), at: event.time)
        if let count { try entry.queue(.wrongGuesses, of: event, count: Int(count)) }
    }

    private func event(_ sequence: Int64) throws -> AuditEvent? {
        try connection.query("SELECT \(AuditEntry.columns) FROM audit_event e WHERE e.seq = ?", .integer(sequence))
            .first.flatMap { Self.readable($0) }
    }
}

/// How what was seen before is written: of an app password or of an account.
private enum Place {
    static let used = "used"
    static let from = "used from "
    static let portal = "portal "

    static func used(from network: Network) -> String { "\(from)\(network)" }
    static func visited(_ network: Network) -> String { "\(portal)from \(network)" }
    /// By its name, not by its version: an update is no new browser.
    static func browser(_ agent: String?) -> String {
        "\(portal)with \(agent.flatMap { BrowserName(agent: $0) }?.text ?? "something else")"
    }
}
