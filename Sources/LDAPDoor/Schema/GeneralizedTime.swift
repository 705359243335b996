import LatchkeyCore

/// A moment as LDAP writes it (RFC 4517 §3.3.13), to the second: `20261124080500Z`.
enum GeneralizedTime {
    /// RFC 3339 without its punctuation.
    static func text(of time: Timestamp) -> String {
        time.description.filter { $0 != "-" && $0 != ":" && $0 != "T" }
    }

    /// Seconds since 1970; nil if the text is no moment. From the year on everything after the hour may be missing; a fraction of whatever
    /// comes last is dropped.
    static func seconds(of text: String) -> Int64? {
        let octets = Array(text.utf8)
        let digits = octets.prefix { $0.isDigit }
        guard [10, 12, 14].contains(digits.count), let zone = zone(octets.dropFirst(digits.count)) else { return nil }
        func number(_ start: Int, _ length: Int) -> Int64 {
            digits.dropFirst(start).prefix(length).reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }
        let (year, month, day) = (number(0, 4), number(4, 2), number(6, 2))
        let (hour, minute, second) = (number(8, 2), number(10, 2), number(12, 2))
        guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60 else { return nil }
        return days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - zone
    }

    /// Seconds east of UTC; nil if there is no zone, which would be whoever's local time.
    private static func zone(_ rest: ArraySlice<UInt8>) -> Int64? {
        var rest = rest
        if let first = rest.first, first == UInt8(ascii: ".") || first == UInt8(ascii: ",") {
            rest = rest.dropFirst()
            guard let digit = rest.first, digit.isDigit else { return nil }
            rest = rest.drop { $0.isDigit }
        }
        if rest.elementsEqual("Z".utf8) { return 0 }
        let digits = rest.dropFirst()
        guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            digits.count == 2 || digits.count == 4, digits.allSatisfy(\.isDigit)
        else { return nil }
        let numbers = digits.map { Int64($0 - UInt8(ascii: "0")) }
        let hours = numbers[0] * 10 + numbers[1]
        let minutes = numbers.count == 4 ? numbers[2] * 10 + numbers[3] : 0
        return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }

    /// Days since 1970 of a day in the Gregorian calendar (Howard Hinnant's `days_from_civil`).
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
