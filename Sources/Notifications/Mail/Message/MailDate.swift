import LatchkeyCore

/// A moment where its reader is: a time and how far its clock is from UTC.
struct LocalMoment: Equatable, Sendable {
    private let local: Timestamp
    private let offset: Int

    /// `offset`: seconds east of Greenwich, as whole minutes.
    init(_ time: Timestamp, offset: Int) {
        self.offset = offset / 60 * 60
        local = time + .seconds(self.offset)
    }

    /// For a header (RFC 5322 §3.3): `Tue, 24 Nov 2026 09:00:00 +0100`.
    var header: String {
        let text = local.description
        let day = local.microseconds >= 0 ? Int((local.seconds / 86_400 + 4) % 7) : 4
        return "\(Self.days[day]), \(Int(part(8, 2)) ?? 1) \(month.prefix(3)) \(text.prefix(4)) \(part(11, 8)) \(zone)"
    }

    /// For people: `24 November 2026, 09:00 (UTC+01:00)`.
    var words: String { "\(date), \(part(11, 5)) (UTC\(offset == 0 ? "" : "\(zone.prefix(3)):\(zone.suffix(2))"))" }

    /// `24 November 2026`.
    var date: String { "\(Int(part(8, 2)) ?? 1) \(month) \(part(0, 4))" }

    private var month: String { Self.months[max(1, min(12, Int(part(5, 2)) ?? 1)) - 1] }

    /// `+0100`.
    private var zone: String {
        let minutes = abs(offset) / 60
        func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(offset < 0 ? "-" : "+")\(pad(minutes / 60))\(pad(minutes % 60))"
    }

    /// Of RFC 3339, in which a timestamp describes itself.
    private func part(_ start: Int, _ length: Int) -> String {
        String(local.description.dropFirst(start).prefix(length))
    }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}
