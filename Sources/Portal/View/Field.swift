import LatchkeyCore

/// One field of a form with what was typed and what is wrong with it.
struct Field: Sendable {
    enum Kind: String, Sendable { case text, password }

    let name: String
    let label: String
    let type: String
    let autocomplete: String
    let value: String
    let hint: String?
    /// What is wrong and the fix; shown beside the field and read with it.
    let problem: String?
    /// The ids of hint and problem, for `aria-describedby`.
    let describedBy: String?
    /// For `inputmode`.
    let mode: String
    let maximumLength: Int
    /// Whether the page begins here: the first problem, else the first field.
    var hasFocus = false
    /// For a password that is being chosen.
    var strength: Strength?

    struct Strength: Sendable {
        /// What the script asks while somebody types.
        let href: String
        /// How hard the one that was sent is to guess; may be empty.
        let words: String
    }

    init(
        _ name: String, _ label: String, _ kind: Kind = .text, autocomplete: String = "off", value: String = "",
        hint: String? = nil, problem: String? = nil, mode: String = "text", maximumLength: Int = 320
    ) {
        self.name = name
        self.label = label
        type = kind.rawValue
        self.autocomplete = autocomplete
        self.value = kind == .password ? "" : value
        self.hint = hint
        self.problem = problem
        let ids = (hint == nil ? [] : ["\(name)-hint"]) + (problem == nil ? [] : ["\(name)-problem"])
        describedBy = ids.isEmpty ? nil : ids.joined(separator: " ")
        self.mode = mode
        self.maximumLength = maximumLength
    }

    /// The field for a code of the authenticator app.
    static func code(problem: String? = nil) -> Field {
        Field(
            "code", Texts.codeLabel, autocomplete: "one-time-code", hint: Texts.codeHint, problem: problem,
            mode: "numeric", maximumLength: 16)
    }
}

extension [Field] {
    /// These fields, the first problem (else the first field) holding the focus.
    var focused: [Field] {
        var fields = self
        let first = fields.firstIndex { $0.problem != nil } ?? fields.startIndex
        if fields.indices.contains(first) { fields[first].hasFocus = true }
        return fields
    }
}
