import LatchkeyCore

/// Which people a condition can be true of, as far as it tells without looking: a search for one is not a walk over all.
enum Candidates: Equatable {
    case all
    /// Those of these names, if there are any.
    case named(Set<String>)

    static let none = Candidates.named([])

    /// What kind of entry is looked for.
    enum Kind {
        case people, groups

        fileprivate var classes: [ObjectClass] { self == .people ? Entry.classesOfPeople : Entry.classesOfGroups }

        /// Attributes that name one by its value.
        fileprivate func isName(_ type: AttributeType) -> Bool {
            switch self {
            case .people: type == .uid || type == .mail
            case .groups: type == .cn
            }
        }
    }

    init(_ condition: Condition, _ kind: Kind) {
        switch condition {
        case .and(let conditions):
            self = conditions.map { Candidates($0, kind) }.reduce(.all) { $0.intersection($1) }
        case .or(let conditions):
            self = conditions.map { Candidates($0, kind) }.reduce(.none) { $0.union($1) }
        case .equal(let type, let comparand) where kind.isName(type):
            switch comparand {
            case .text(let text): self = .named([text])
            case .login(let login): self = .named([login.text])
            default: self = .none
            }
        case .equal(.objectClass, let comparand):
            self = kind.classes.contains { comparand.equals(.text($0.rawValue)) } ? .all : .none
        case .equal(.entryDN, .place(.person(let login))) where kind == .people: self = .named([login.text])
        case .equal(.entryDN, .place(.group(let name))) where kind == .groups: self = .named([name.text])
        case .equal(.entryDN, _), .undefined: self = .none
        case .equal, .substrings, .atLeast, .atMost, .present, .not, .equalOrNamed: self = .all
        }
    }

    private func union(_ other: Candidates) -> Candidates {
        guard case .named(let names) = self, case .named(let others) = other else { return .all }
        return .named(names.union(others))
    }

    /// Both must hold. Names may be aliases of one another, so two sets of them have no intersection to speak of.
    private func intersection(_ other: Candidates) -> Candidates {
        switch (self, other) {
        case (.all, _): other
        case (_, .all): self
        case (.named(let names), .named(let others)): names.count <= others.count ? self : other
        }
    }
}
