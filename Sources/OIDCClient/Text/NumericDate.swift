/// A moment in seconds since 1970, UTC (RFC 7519 §2). Everything here is told the time; nothing asks for it.
public struct NumericDate: Hashable, Comparable, Sendable, Codable {
    /// Within ten thousand years of 1970, so that no sum or difference of moments overflows.
    public let seconds: Int64

    /// The first second of the year 10000.
    private static let end: Int64 = 253_402_300_800

    /// The nearest moment within the bounds.
    public init(seconds: Int64) {
        self.seconds = max(-Self.end, min(seconds, Self.end))
    }

    public init(from decoder: any Decoder) throws {
        self.init(seconds: try decoder.singleValueContainer().decode(Int64.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(seconds)
    }

    public static func < (left: NumericDate, right: NumericDate) -> Bool { left.seconds < right.seconds }

    static func + (date: NumericDate, seconds: Int64) -> NumericDate {
        NumericDate(seconds: date.seconds + NumericDate(seconds: seconds).seconds)
    }

    /// Seconds from `earlier` to this moment; less than zero if it is later, as after a clock was set back.
    func since(_ earlier: NumericDate) -> Int64 { seconds - earlier.seconds }
}

extension NumericDate {
    /// Whole seconds of a JSON number; nil for what is no date between 1970 and 9999.
    init?(_ number: Double) {
        guard let seconds = Int64(exactly: number.rounded(.down)), (0..<Self.end).contains(seconds) else { return nil }
        self.init(seconds: seconds)
    }
}
