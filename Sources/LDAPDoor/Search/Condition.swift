import LatchkeyCore

/// A filter made ready for many entries: its names looked up in the schema, its values read.
indirect enum Condition: Sendable {
    case and([Condition])
    case or([Condition])
    case not(Condition)
    case equal(AttributeType, Comparand)
    case substrings(AttributeType, Pattern)
    case atLeast(AttributeType, Comparand)
    case atMost(AttributeType, Comparand)
    case present(AttributeType)
    /// The attribute, or the part of the entry's name that is of its type, equals the value.
    case equalOrNamed(AttributeType, Comparand)
    case undefined

    init(_ filter: Filter, in tree: Tree) {
        switch filter {
        case .and(let filters): self = .and(filters.map { Condition($0, in: tree) })
        case .or(let filters): self = .or(filters.map { Condition($0, in: tree) })
        case .not(let filter): self = .not(Condition(filter, in: tree))
        case .equal(let name, let value): self = Self.compared(name, value, in: tree) { .equal($0, $1) }
        case .atLeast(let name, let value): self = Self.compared(name, value, in: tree) { .atLeast($0, $1) }
        case .atMost(let name, let value): self = Self.compared(name, value, in: tree) { .atMost($0, $1) }
        case .present(let name): self = AttributeType.named(name).map { .present($0) } ?? .undefined
        case .substrings(let name, let parts):
            guard let type = AttributeType.named(name), let pattern = Pattern(parts, type.syntax) else {
                self = .undefined
                return
            }
            self = .substrings(type, pattern)
        case .extensible(let match): self = Self.extensible(match, in: tree)
        }
    }

    private static func compared(
        _ name: String, _ value: [UInt8], in tree: Tree, _ make: (AttributeType, Comparand) -> Condition
    ) -> Condition {
        guard let type = AttributeType.named(name), let comparand = Comparand(value, type.syntax, in: tree) else {
            return .undefined
        }
        return make(type, comparand)
    }

    private static func extensible(_ match: Filter.Extensible, in tree: Tree) -> Condition {
        guard let name = match.attribute, match.rule.map(isEquality) ?? true else { return .undefined }
        return compared(name, match.value, in: tree) { match.matchesDN ? .equalOrNamed($0, $1) : .equal($0, $1) }
    }

    /// The last is Active Directory's for groups within groups, of which there are none.
    private static func isEquality(_ rule: String) -> Bool {
        [
            "caseignorematch", "2.5.13.2", "caseignoreia5match", "1.3.6.1.4.1.1466.109.114.2",
            "distinguishednamematch", "2.5.13.1", "1.2.840.113556.1.4.1941",
        ].contains(rule.lowercased())
    }
}

// MARK: - Evaluating

extension Condition {
    func evaluate(_ entry: Entry, in tree: Tree) -> Truth {
        switch self {
        case .and(let conditions):
            var truth = Truth.yes
            for condition in conditions {
                switch condition.evaluate(entry, in: tree) {
                case .no: return .no
                case .undefined: truth = .undefined
                case .yes: break
                }
            }
            return truth
        case .or(let conditions):
            var truth = Truth.no
            for condition in conditions {
                switch condition.evaluate(entry, in: tree) {
                case .yes: return .yes
                case .undefined: truth = .undefined
                case .no: break
                }
            }
            return truth
        case .not(let condition): return !condition.evaluate(entry, in: tree)
        case .present(let type): return Truth(!entry.values(of: type).isEmpty)
        case .equal(let type, let comparand):
            return Truth(entry.values(of: type).contains { comparand.equals($0) })
        case .equalOrNamed(let type, let comparand):
            return Truth(
                entry.values(of: type).contains { comparand.equals($0) }
                    || entry.nameValues(of: type, in: tree).contains { comparand.equals($0) })
        case .substrings(let type, let pattern):
            return Truth(entry.values(of: type).contains { pattern.matches($0) })
        case .atLeast(let type, let comparand):
            return Self.any(entry.values(of: type)) { value in comparand.isAfter(value).map { !$0 } }
        case .atMost(let type, let comparand):
            return Self.any(entry.values(of: type)) { value in
                comparand.isAfter(value).map { $0 || comparand.equals(value) }
            }
        case .undefined: return .undefined
        }
    }

    private static func any(_ values: [AttributeValue], _ test: (AttributeValue) -> Bool?) -> Truth {
        var truth = Truth.no
        for value in values {
            switch test(value) {
            case true: return .yes
            case false: break
            case nil: truth = .undefined
            }
        }
        return truth
    }
}

extension Entry {
    /// The values of `type` in this entry's own name.
    fileprivate func nameValues(of type: AttributeType, in tree: Tree) -> [AttributeValue] {
        guard let name = DistinguishedName(tree.name(of: place)) else { return [] }
        return name.parts.joined().filter { AttributeType.named($0.type) == type }.map { assertion in
            type.syntax == .loginName
                ? tree.login(assertion.value).map { .login($0) } ?? .text(assertion.value) : .text(assertion.value)
        }
    }
}
