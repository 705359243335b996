/// A moment: whole microseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// The core never asks what time it is; it is told. Arithmetic saturates, so no input can make it trap.
public struct Timestamp: Hashable, Comparable, Sendable {
    public let microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    public init(seconds: Int64) {
        microseconds = Self.saturating(seconds.multipliedReportingOverflow(by: 1_000_000), negative: seconds < 0)
    }

    public var seconds: Int64 { microseconds / 1_000_000 }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    public static func + (moment: Timestamp, span: Duration) -> Timestamp {
        let added = moment.microseconds.addingReportingOverflow(span.microseconds)
        return Timestamp(microseconds: saturating(added, negative: span.microseconds < 0))
    }

    /// The time from `earlier` to `later`; negative if they are in the other order.
    public static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        let difference = later.microseconds.subtractingReportingOverflow(earlier.microseconds)
        return .microseconds(saturating(difference, negative: later < earlier))
    }

    private static func saturating(_ result: (partialValue: Int64, overflow: Bool), negative: Bool) -> Int64 {
        guard result.overflow else { return result.partialValue }
        return negative ? .min : .max
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC to the second, for example `2026-11-24T08:05:00Z`: one form for logs, the CLI and the audit export.
    public var description: String {
        let (days, second) = seconds.floorQuotientAndRemainder(by: 86_400)
        let date = CivilDate(daysSince1970: days)
        return "\(date)T\(pad(second / 3600)):\(pad(second / 60 % 60)):\(pad(second % 60))Z"
    }
}

extension Duration {
    /// Whole microseconds; saturates at the ends of `Int64`.
    public var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : whole &+ attoseconds / 1_000_000_000_000
    }

    public static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}

/// A day of the proleptic Gregorian calendar, printed as `YYYY-MM-DD`.
private struct CivilDate: CustomStringConvertible {
    let year: Int64
    let month: Int64
    let day: Int64

    /// Howard Hinnant's `civil_from_days`: eras of 400 years that begin on 1 March, so that leap days come last.
    init(daysSince1970: Int64) {
        let (era, dayOfEra) = (daysSince1970 + 719_468).floorQuotientAndRemainder(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var description: String { "\(pad(year, to: 4))-\(pad(month))-\(pad(day))" }
}

extension Int64 {
    fileprivate func floorQuotientAndRemainder(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private func pad(_ number: Int64, to width: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
