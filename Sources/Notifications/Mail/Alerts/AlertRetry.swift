import LatchkeyCore

/// How long to wait before something is tried again. Pure.
enum AlertRetry {
    /// Whatever ails the server ails every message: it is asked again soon, as most such trouble is a restart.
    static let firstServerWait: Duration = .seconds(1)
    static let longestServerWait: Duration = .seconds(60)
    /// A message that is not taken for now, by a greylist for instance (RFC 5321 §4.5.4.1 advises half an hour and more).
    static let firstMessageWait: Duration = .seconds(30)
    static let longestMessageWait: Duration = .seconds(2 * 3_600)

    /// After so many failures, at least one.
    static func server(after failures: Int) -> Duration {
        min(firstServerWait * (1 << min(max(failures, 1) - 1, 10)), longestServerWait)
    }

    static func message(after failures: Int) -> Duration {
        min(firstMessageWait * (1 << min(max(failures, 1) - 1, 10)), longestMessageWait)
    }
}
