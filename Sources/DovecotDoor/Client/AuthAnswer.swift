/// What a Dovecot auth service answers to an `AuthQuestion`.
public enum AuthAnswer: Hashable, Sendable {
    /// `login` is the account's own login name, whatever was asked with.
    case accepted(login: String)
    case refused
    /// It cannot say now, or speaks something else.
    case unavailable
}

/// Reads the answer out of what the server says, as it comes.
public struct AuthAnswerReader {
    private var lines = LineSplitter()

    public init() {}

    /// Nil while the answer has not come.
    public mutating func read(_ octets: UnsafeRawBufferPointer) -> AuthAnswer? {
        var answer: AuthAnswer?
        do throws(CloseReason) {
            try lines.split(octets) { line in
                if answer == nil { answer = AuthAnswer(line) }
            }
        } catch {
            return answer ?? .unavailable
        }
        return answer
    }
}

extension AuthAnswer {
    /// Nil for a line that answers nothing.
    fileprivate init?(_ line: Octets) {
        var fields = Fields(line)
        guard let word = fields.next() else { return nil }
        if word == "VERSION" {
            guard fields.next()?.number != 1 else { return nil }
            self = .unavailable
        } else if word == "OK" || word == "FAIL" {
            guard fields.next()?.number == AuthQuestion.id else { return nil }
            self = word == "OK" ? .accepted(by: &fields) : .refused(by: &fields)
        } else if word == "CONT" {
            self = .unavailable  // PLAIN has no challenge
        } else {
            return nil
        }
    }

    private static func accepted(by fields: inout Fields) -> AuthAnswer {
        while let field = fields.next() {
            if let user = field.value(after: "user="), !user.isEmpty { return .accepted(login: TabEscape.text(user)) }
        }
        return .unavailable
    }

    private static func refused(by fields: inout Fields) -> AuthAnswer {
        while let field = fields.next() {
            if field == "temp" || field == "code=temp_fail" { return .unavailable }
        }
        return .refused
    }
}
