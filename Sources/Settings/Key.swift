/// One key of the configuration: all that is said about it is said once, in `Key.all`.
struct Key: Sendable {
    /// `doors.dovecot.listen`.
    let path: String
    let isList: Bool
    /// How a value is written.
    let form: String
    /// As text; nil if there is none.
    let initial: String?
    /// What it does, in sentences.
    let meaning: String
    /// Reads the values, one unless the key is a list, into the settings; an objection to each that does not fit.
    let set: @Sendable (inout Settings, [Given]) -> [InvalidSettings.Problem]

    /// `LATCHKEY_DOORS_DOVECOT_LISTEN`.
    var variable: String {
        Self.variablePrefix + path.uppercased().map { ".-".contains($0) ? "_" : String($0) }.joined()
    }

    static let variablePrefix = "LATCHKEY_"

    /// A value as it was given, and where.
    struct Given {
        let text: String
        let place: String
        /// What a problem names beside the place.
        let key: String?
    }
}

/// A part of `Settings`, known at compile time.
typealias Field<Value> = any WritableKeyPath<Settings, Value> & Sendable

extension Key {
    static func one<Value>(
        _ path: String, _ field: Field<Value>, _ kind: Kind<Value>, _ meaning: String
    ) -> Key {
        Key(
            path: path, isList: false, form: kind.form, initial: kind.write(Settings()[keyPath: field]),
            meaning: meaning
        ) { settings, given in
            collect(given, kind) { settings[keyPath: field] = $0 }
        }
    }

    static func one<Value>(
        _ path: String, _ field: Field<Value?>, _ kind: Kind<Value>, _ meaning: String
    ) -> Key {
        Key(path: path, isList: false, form: kind.form, initial: nil, meaning: meaning) { settings, given in
            collect(given, kind) { settings[keyPath: field] = $0 }
        }
    }

    static func list<Value>(
        _ path: String, _ field: Field<[Value]>, _ kind: Kind<Value>, _ meaning: String
    ) -> Key {
        let initial = Settings()[keyPath: field].map(kind.write).joined(separator: ", ")
        return Key(path: path, isList: true, form: kind.form, initial: "[\(initial)]", meaning: meaning) {
            settings, given in
            settings[keyPath: field] = []
            return collect(given, kind) { settings[keyPath: field].append($0) }
        }
    }

    private static func collect<Value>(
        _ given: [Given], _ kind: Kind<Value>, _ keep: (Value) -> Void
    ) -> [InvalidSettings.Problem] {
        given.compactMap { given in
            guard let value = kind.read(given.text) else {
                return InvalidSettings.Problem(given.place, key: given.key, kind.objection(to: given.text))
            }
            keep(value)
            return nil
        }
    }
}
