import LatchkeyCore

/// A time as a page shows it: in words beside the reader's now, exactly when pointed at, and for machines.
struct Moment: Hashable, Sendable {
    /// RFC 3339 in UTC.
    let machine: String
    /// "2 hours ago".
    let words: String
    /// "24 November 2026, 08:05 UTC".
    let exact: String

    init(_ time: Timestamp, now: Timestamp) {
        machine = time.description
        exact = Self.date(time) + ", " + Self.part(machine, 11, 5) + " UTC"
        words = Self.words(time, now: now)
    }

    private static func words(_ time: Timestamp, now: Timestamp) -> String {
        let isPast = time <= now
        let seconds = (isPast ? now - time : time - now).components.seconds
        if seconds < 60 { return isPast ? Texts.justNow : Texts.soon }
        let span: String
        switch seconds {
        case ..<3_600: span = Texts.minutes(Int(seconds / 60))
        case ..<86_400: span = Texts.hours(Int(seconds / 3_600))
        case ..<(30 * 86_400): span = Texts.days(Int(seconds / 86_400))
        default: return Texts.on(date(time))
        }
        return isPast ? Texts.ago(span) : Texts.in(span)
    }

    /// "24 November 2026".
    static func date(_ time: Timestamp) -> String {
        let text = time.description
        let month = Int(part(text, 5, 2)) ?? 1
        return "\(Int(part(text, 8, 2)) ?? 1) \(Texts.months[max(1, min(12, month)) - 1]) \(part(text, 0, 4))"
    }

    private static func part(_ text: String, _ start: Int, _ length: Int) -> String {
        String(text.dropFirst(start).prefix(length))
    }
}
