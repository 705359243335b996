import Glibc

/// Why nothing could be measured.
struct LoadError: Error, CustomStringConvertible {
    let description: String

    init(_ what: String) {
        description = what
    }

    /// `code` is `errno`.
    init(_ what: String, _ code: CInt) {
        description = "\(what): \(String(cString: strerror(code)))"
    }
}

/// A measurement that answered wrongly measured nothing.
struct WrongAnswers: Error, CustomStringConvertible {
    let who: String
    let count: Int

    var description: String { "\(who): \(count) sign-ins that must be accepted were refused" }
}
