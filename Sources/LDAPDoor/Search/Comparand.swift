import LatchkeyCore

/// The value that a filter compares with, read as its attribute's values are.
enum Comparand: Hashable, Sendable {
    /// Folded.
    case text(String)
    case login(LoginName)
    /// Nil names nobody of ours: a value like any other, that nothing equals.
    case place(Place?)
    case seconds(Int64)
    case boolean(Bool)
    case number(Int)

    /// Nil if `octets` are no value of this kind.
    init?(_ octets: [UInt8], _ syntax: Syntax, in tree: Tree) {
        guard let text = String(validating: octets, as: UTF8.self) else { return nil }
        switch syntax {
        case .directoryString, .ia5String, .uuid, .octetString: self = .text(text.foldedForMatching)
        case .loginName:
            // What no login name can look like equals none.
            self = tree.login(text).map { .login($0) } ?? .text(text.foldedForMatching)
        case .distinguishedName:
            guard let name = DistinguishedName(text) else { return nil }
            self = .place(tree.place(named: name))
        case .objectIdentifier:
            self = .text((ObjectClass.named(text)?.rawValue ?? text).foldedForMatching)
        case .integer:
            guard let number = Int(text) else { return nil }
            self = .number(number)
        case .boolean:
            switch text {
            case "TRUE": self = .boolean(true)
            case "FALSE": self = .boolean(false)
            default: return nil
            }
        case .generalizedTime:
            guard let seconds = GeneralizedTime.seconds(of: text) else { return nil }
            self = .seconds(seconds)
        case .definition: return nil
        }
    }

    /// Whether `value` is the same.
    func equals(_ value: AttributeValue) -> Bool {
        switch (self, value) {
        case (.text(let text), .text(let value)): text == value.foldedForMatching
        case (.login(let login), .login(let value)): login == value
        case (.place(let place), .place(let value)): place == value
        case (.seconds(let seconds), .time(let value)): seconds == value.seconds
        case (.boolean(let truth), .boolean(let value)): truth == value
        case (.number(let number), .number(let value)): number == value
        default: false
        }
    }

    /// Whether `value` comes before this; nil if values of the kind have no order.
    func isAfter(_ value: AttributeValue) -> Bool? {
        switch (self, value) {
        case (.text(let text), .text(let value)): value.foldedForMatching < text
        case (.login(let login), .login(let value)): value < login
        case (.seconds(let seconds), .time(let value)): value.seconds < seconds
        case (.number(let number), .number(let value)): value < number
        default: nil
        }
    }
}
