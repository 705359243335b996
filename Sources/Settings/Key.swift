/// One key of the configuration: all that is said about it is said once, in `Key.all`.
struct Key: Sendable {
    /// `doors.dovecot.listen`; in `doors.radius.clients.*.service` the star stands for a name of the operator's choosing.
    let path: String
    let isList: Bool
    /// How a value is written.
    let form: String
    /// As text; nil if there is none.
    let initial: String?
    /// What it does, in sentences.
    let meaning: String
    /// Reads the values, one unless the key is a list, into the settings; an objection to each that does not fit. The name is what
    /// the star stands for, nil if there is none.
    let set: @Sendable (inout Settings, _ name: String?, [Given]) -> [InvalidSettings.Problem]

    /// `LATCHKEY_DOORS_DOVECOT_LISTEN`; none where names would have to be in it.
    var variable: String? { path.contains(Self.wildcard) ? nil : Self.variable(of: path) }

    static func variable(of path: String) -> String {
        variablePrefix + path.uppercased().map { ".-".contains($0) ? "_" : String($0) }.joined()
    }

    static let wildcard = "*"

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

/// A part of a member of a group, known at compile time.
typealias MemberField<Member, Value> = any WritableKeyPath<Member, Value> & Sendable

extension Key {
    static func one<Value>(
        _ path: String, _ field: Field<Value>, _ kind: Kind<Value>, _ meaning: String
    ) -> Key {
        Key(
            path: path, isList: false, form: kind.form, initial: kind.write(Settings()[keyPath: field]),
            meaning: meaning
        ) { settings, _, given in
            collect(given, kind) { settings[keyPath: field] = $0 }
        }
    }

    static func one<Value>(
        _ path: String, _ field: Field<Value?>, _ kind: Kind<Value>, _ meaning: String
    ) -> Key {
        Key(path: path, isList: false, form: kind.form, initial: nil, meaning: meaning) { settings, _, given in
            collect(given, kind) { settings[keyPath: field] = $0 }
        }
    }

    static func list<Value>(
        _ path: String, _ field: Field<[Value]>, _ kind: Kind<Value>, _ meaning: String
    ) -> Key {
        let initial = Settings()[keyPath: field].map(kind.write).joined(separator: ", ")
        return Key(path: path, isList: true, form: kind.form, initial: "[\(initial)]", meaning: meaning) {
            settings, _, given in
            settings[keyPath: field] = []
            return collect(given, kind) { settings[keyPath: field].append($0) }
        }
    }

    /// A key of each member of a group.
    static func one<Member: NamedMember, Value>(
        _ path: String, of members: Field<[String: Member]>, _ field: MemberField<Member, Value>, _ kind: Kind<Value>,
        _ meaning: String
    ) -> Key {
        Key(
            path: path, isList: false, form: kind.form, initial: kind.write(Member()[keyPath: field]), meaning: meaning
        ) { settings, name, given in
            collect(given, kind) { settings[keyPath: members][name ?? "", default: Member()][keyPath: field] = $0 }
        }
    }

    static func one<Member: NamedMember, Value>(
        _ path: String, of members: Field<[String: Member]>, _ field: MemberField<Member, Value?>, _ kind: Kind<Value>,
        _ meaning: String
    ) -> Key {
        Key(path: path, isList: false, form: kind.form, initial: nil, meaning: meaning) { settings, name, given in
            collect(given, kind) { settings[keyPath: members][name ?? "", default: Member()][keyPath: field] = $0 }
        }
    }

    static func list<Member: NamedMember, Value>(
        _ path: String, of members: Field<[String: Member]>, _ field: MemberField<Member, [Value]>, _ kind: Kind<Value>,
        _ meaning: String
    ) -> Key {
        Key(path: path, isList: true, form: kind.form, initial: "[]", meaning: meaning) { settings, name, given in
            collect(given, kind) {
                settings[keyPath: members][name ?? "", default: Member()][keyPath: field].append($0)
            }
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
