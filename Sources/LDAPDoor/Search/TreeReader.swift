import LatchkeyCore

/// Finds single entries of the tree for one reader.
struct TreeReader: Sendable {
    let tree: Tree
    let directory: VisibleDirectory

    /// Nil if there is none, or none for this reader.
    func entry(at place: Place) async throws(StoreError) -> Entry? {
        switch place {
        case .root, .subschema: nil
        case .suffix: Entry(suffixOf: tree)
        case .people: Entry(container: .people, named: "people")
        case .groups: Entry(container: .groups, named: "groups")
        case .services: Entry(container: .services, named: "services")
        case .person(let login): try await directory.person(named: login).map { Entry($0) }
        case .group(let name): try await directory.group(named: name).map { Entry($0) }
        case .service(let name):
            try await directory.services().first { ServiceName(text: $0.name) == name }.map { Entry($0) }
        }
    }
}

extension Place {
    /// The place that this one stands in; nil for the root and the schema.
    var above: Place? {
        switch self {
        case .root, .subschema: nil
        case .suffix: .root
        case .people, .groups, .services: .suffix
        case .person: .people
        case .group: .groups
        case .service: .services
        }
    }

    /// Whether a search from `base` reaches this place.
    func isReached(from base: Place, _ scope: SearchRequest.Scope) -> Bool {
        switch scope {
        case .base: self == base
        case .one: above == base
        case .subtree: self == base || isBelow(base)
        case .children: isBelow(base)
        }
    }

    private func isBelow(_ base: Place) -> Bool {
        guard let above else { return false }
        return above == base || above.isBelow(base)
    }
}
