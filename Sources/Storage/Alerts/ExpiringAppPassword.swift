import LatchkeyCore

/// An app password that ends by itself soon, and whose owner has not been told so.
struct ExpiringAppPassword {
    /// How what was told is remembered begins.
    static let place = "expiring "
    /// Told in one transaction.
    static let batch = 500

    private let id: AppPasswordID
    private let account: AccountID
    private let expires: Timestamp
    /// Days before the end, the one that is told and those that it makes unnecessary.
    private let stages: [Int]

    /// One that is being replaced needs no word; nor does one that was made for no longer than what is left.
    static func untold(at now: Timestamp, _ connection: any Connection) throws -> [ExpiringAppPassword] {
        let furthest = AlertRule.expiryStages.max() ?? 0
        return try connection.query(
            """
            SELECT id, account, expires, created FROM app_password
            WHERE expires > ? AND expires <= ? AND ended IS NULL ORDER BY expires
            """, .integer(now.microseconds), .integer((now + .days(furthest)).microseconds)
        ).compactMap { row in
            guard let id = AppPasswordID(octets: try row.blob(0)), let account = AccountID(octets: try row.blob(1))
            else {
                return nil
            }
            let expires = Timestamp(microseconds: try row.integer(2))
            let life = expires - Timestamp(microseconds: try row.integer(3))
            let stages = AlertRule.expiryStages.filter { expires - now <= .days($0) && life > .days($0) }
            guard let nearest = stages.min() else { return nil }
            let known = try connection.query(
                "SELECT 1 FROM alert_known WHERE subject = ? AND place = ?", .blob(id.octets),
                .text(place(nearest, expires)))
            return known.isEmpty ? ExpiringAppPassword(id: id, account: account, expires: expires, stages: stages) : nil
        }
    }

    func tell(_ entry: AlertEntry, _ connection: any Connection) throws {
        for stage in stages { _ = try entry.remember(Self.place(stage, expires), of: id.octets) }
        // Nobody did it: it is an event only for this.
        let event = AuditEvent(
            time: entry.now, action: .appPasswordChanged, actor: .system, account: account, appPassword: id)
        try entry.queue(.appPasswordExpiring, of: event, expires: expires)
    }

    /// With the end itself: one that was moved is told again.
    private static func place(_ stage: Int, _ expires: Timestamp) -> String {
        "\(place)\(stage) \(expires.microseconds)"
    }
}
