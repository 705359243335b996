/// Which attributes of an entry were asked for (RFC 4511 §4.5.1.8).
struct Selection: Sendable {
    private var takesUser = false
    private var takesOperational = false
    private var types: Set<AttributeType> = []

    init(_ names: [String]) {
        if names.isEmpty { takesUser = true }
        for name in names {
            switch name {
            case "*": takesUser = true
            case "+": takesOperational = true
            case "1.1": break  // none, unless others are named
            default:
                // What the schema does not know no entry has.
                if let type = AttributeType.named(name) { types.insert(type) }
            }
        }
    }

    /// Those of the root are given to whoever asks for all: many clients do not know that they are operational.
    func contains(_ type: AttributeType, of place: Place) -> Bool {
        types.contains(type) || (type.isOperational ? takesOperational || (takesUser && place == .root) : takesUser)
    }
}
