/// What one check of `latchkey doctor` found.
struct Finding: Encodable, Equatable {
    enum State: String, Encodable { case good, warning, bad }

    /// What was looked at: `database`, `door http 127.0.0.1:8090`.
    let check: String
    let state: State
    /// What is so, as one sentence.
    let text: String
    /// What to do about it, exactly; nil where there is nothing to do.
    let fix: String?

    static func good(_ check: String, _ text: String) -> Finding {
        Finding(check: check, state: .good, text: text, fix: nil)
    }

    static func warning(_ check: String, _ text: String, fix: String) -> Finding {
        Finding(check: check, state: .warning, text: text, fix: fix)
    }

    static func bad(_ check: String, _ text: String, fix: String) -> Finding {
        Finding(check: check, state: .bad, text: text, fix: fix)
    }

    /// A line, and one more where there is something to do.
    var lines: String {
        let mark =
            switch state {
            case .good: "ok  "
            case .warning: "warn"
            case .bad: "BAD "
            }
        return "\(mark)  \(check): \(text)" + (fix.map { "\n      → \($0)" } ?? "")
    }
}
