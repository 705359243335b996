import LatchkeyCore

/// A value of an entry, of its own type: what it is compared as, and what it is written from.
enum AttributeValue: Hashable, Sendable {
    case text(String)
    case login(LoginName)
    /// A distinguished name, as the place that it names.
    case place(Place)
    case time(Timestamp)
    case boolean(Bool)
    case number(Int)

    /// The value as clients see it. Names are those of `tree`.
    func text(in tree: Tree) -> String {
        switch self {
        case .text(let text): text
        case .login(let login): login.text
        case .place(let place): tree.name(of: place)
        case .time(let time): GeneralizedTime.text(of: time)
        case .boolean(let truth): truth ? "TRUE" : "FALSE"
        case .number(let number): "\(number)"
        }
    }
}
