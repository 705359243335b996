/// What a filter says of an entry (RFC 4511 §4.5.1.7): an entry is found only if it is true.
enum Truth: Sendable {
    case yes, no
    /// The filter asks about an attribute, a rule or a value that means nothing here. Its contrary means nothing either.
    case undefined

    init(_ truth: Bool) {
        self = truth ? .yes : .no
    }

    static prefix func ! (truth: Truth) -> Truth {
        switch truth {
        case .yes: .no
        case .no: .yes
        case .undefined: .undefined
        }
    }
}
