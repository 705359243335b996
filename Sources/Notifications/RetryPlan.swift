import LatchkeyCore

/// How long a notice that was not taken waits for its next try, and when it is given up. Pure.
///
/// Notices are told in order, so one that is tried again holds up those behind it. Trouble holds up all of them alike, and is waited
/// out for a day. A refusal is of one notice, which must not keep the others from being told.
struct RetryPlan {
    static let firstWait: Duration = .seconds(1)
    /// Also how long a target that is back waits to hear of it, at most.
    static let longestWait: Duration = .seconds(60)
    /// Beyond it what a peer remembers has mostly expired by itself.
    static let patience: Duration = .days(1)
    static let maximumRefusals = 5

    private(set) var failures = 0
    private var refusals = 0

    /// The wait before the next try; nil to give the notice up. `age`: how long ago the latest thing it tells of happened.
    mutating func wait(after failure: NotTold, age: Duration) -> Duration? {
        failures += 1
        if failure.isRefusal { refusals += 1 }
        guard refusals < Self.maximumRefusals, age < Self.patience else { return nil }
        let doublings = min(failures - 1, 10)
        return min(Self.firstWait * (1 << doublings), Self.longestWait)
    }
}
