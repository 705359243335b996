import LatchkeyCore

/// Puts alerts into the queue, for whom and if they are wanted, inside a transaction that somebody else has opened.
struct AlertEntry {
    let now: Timestamp

    private let connection: any Connection
    private let administrator: MailAddress?

    init(_ connection: any Connection, administrator: MailAddress?, at now: Timestamp) {
        self.connection = connection
        self.administrator = administrator
        self.now = now
    }

    /// Nothing is queued for who is gone, has no address, or does not want to be told of this kind.
    func queue(
        _ kind: AlertKind, of event: AuditEvent, count: Int = 1, expires: Timestamp? = nil
    ) throws {
        guard now - event.time < AlertRule.patience, let id = event.account,
            let login = try connection.query("SELECT login FROM account WHERE id = ?", .blob(id.octets)).first
                .map({ try LoginName(stored: $0.text(0)) }),
            !login.isOfTrial, let recipient = login.mailAddress ?? administrator,
            try !SQLAlertChoices.turnedOff(of: id, connection).contains(kind)
        else { return }
        var rng = SystemRandomNumberGenerator()
        let appPassword = try event.appPassword.flatMap { appPassword in
            try connection.query("SELECT name, services FROM app_password WHERE id = ?", .blob(appPassword.octets))
                .first
        }
        try connection.execute(
            """
            INSERT INTO alert (\(SQLAlertQueue.columns), due)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
            """,
            .blob(AlertID(at: now, using: &rng).octets), .text(kind.rawValue), .text(recipient.text),
            .text(login.text), .integer(event.time.microseconds), .text(event.action.rawValue),
            .text(event.author.rawValue), .blob(event.appPassword?.octets),
            .text(try appPassword?.text(0) ?? event.wayName),
            .text(try event.service?.name ?? appPassword?.text(1) ?? ""),
            .text(event.address?.description), .text(event.client), .integer(Int64(count)),
            .integer(expires?.microseconds), .integer(now.microseconds), .integer(now.microseconds))
    }

    /// Remembers a place of an app password or an account; false if it was known. Of many the oldest are forgotten, but for expiries that were
    /// told: whoever comes from many networks must not have them told again.
    func remember(_ place: String, of subject: [UInt8]) throws -> Bool {
        let isNew = try connection.execute(
            "INSERT INTO alert_known (subject, place, since) VALUES (?, ?, ?) ON CONFLICT (subject, place) DO NOTHING",
            .blob(subject), .text(place), .integer(now.microseconds))
        guard isNew == 1 else { return false }
        try connection.execute(
            """
            DELETE FROM alert_known WHERE subject = ? AND place IN
                (SELECT place FROM alert_known WHERE subject = ? AND place NOT LIKE ? ORDER BY since DESC, place DESC
                LIMIT -1 OFFSET ?)
            """, .blob(subject), .blob(subject), .text("\(ExpiringAppPassword.place)%"),
            .integer(Int64(AlertRule.maximumPlaces)))
        return true
    }

    /// Whether anything that begins with `prefix` is remembered.
    func knows(_ prefix: String, of subject: [UInt8]) throws -> Bool {
        try !connection.query(
            "SELECT 1 FROM alert_known WHERE subject = ? AND place >= ? AND place < ? LIMIT 1", .blob(subject),
            .text(prefix), .text(prefix + "\u{10ffff}")
        ).isEmpty
    }

    /// Counts within a day, and says how many there are when that reaches `threshold` and was not told within a day.
    func tally(_ kind: AlertKind, of subject: [UInt8], adding more: Int64, threshold: Int64, at time: Timestamp) throws
        -> Int64?
    {
        var tally = try tally(kind, of: subject, adding: more, at: time)
        let isTold = tally.told.map { time - $0 < AlertRule.day } ?? false
        let isWorthIt = tally.count >= threshold && !isTold
        if isWorthIt { tally.told = time }
        try keep(tally, kind, of: subject)
        return isWorthIt ? tally.count : nil
    }

    /// Counts within a day, and says whether there have been at most `limit` with this one.
    func isWithin(_ limit: Int64, _ kind: AlertKind, of subject: [UInt8], at time: Timestamp) throws -> Bool {
        let tally = try tally(kind, of: subject, adding: 1, at: time)
        try keep(tally, kind, of: subject)
        return tally.count <= limit
    }

    private struct Tally {
        var since: Timestamp
        var count: Int64
        var told: Timestamp?
    }

    private func tally(
        _ kind: AlertKind, of subject: [UInt8], adding more: Int64, at time: Timestamp
    ) throws -> Tally {
        let known = try connection.query(
            "SELECT since, count, told FROM alert_tally WHERE subject = ? AND kind = ?", .blob(subject),
            .text(kind.rawValue)
        ).first
        var tally = Tally(since: time, count: more)
        guard let known else { return tally }
        tally.told = try known.optionalInteger(2).map { Timestamp(microseconds: $0) }
        let began = Timestamp(microseconds: try known.integer(0))
        if time - began < AlertRule.day {
            tally.since = began
            tally.count += try known.integer(1)
        }
        return tally
    }

    private func keep(_ tally: Tally, _ kind: AlertKind, of subject: [UInt8]) throws {
        try connection.execute(
            """
            INSERT INTO alert_tally (subject, kind, since, count, told) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (subject, kind) DO UPDATE SET since = excluded.since, count = excluded.count, told = excluded.told
            """, .blob(subject), .text(kind.rawValue), .integer(tally.since.microseconds), .integer(tally.count),
            .integer(tally.told?.microseconds))
    }
}
