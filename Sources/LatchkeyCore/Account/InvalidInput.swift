/// What a person or a script gave that cannot be used: every problem at once, each naming its field and the fix.
public struct InvalidInput: Error, Hashable, Sendable {
    public struct Problem: Hashable, Sendable {
        /// The field's name as the form, the flag or the JSON key spells it.
        public let field: String
        /// What is wrong and what to do, as one sentence.
        public let text: String

        public init(field: String, text: String) {
            self.field = field
            self.text = text
        }
    }

    public let problems: [Problem]

    public init(_ problems: [Problem]) {
        self.problems = problems
    }

    public init(field: String, text: String) {
        self.init([Problem(field: field, text: text)])
    }

    public func text(for field: String) -> String? {
        problems.first { $0.field == field }?.text
    }
}

extension InvalidInput: CustomStringConvertible {
    public var description: String {
        problems.map { "\($0.field): \($0.text)" }.joined(separator: "; ")
    }
}
