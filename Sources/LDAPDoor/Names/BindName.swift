import LatchkeyCore

/// Who a bind says it is: a name of the directory, or a login name as people type it (`alice`, `alice@example.com`).
enum BindName: Equatable {
    case anonymous
    case person(authcid: String, TreePath.View)
    case service(ServiceName)

    init(_ text: String, in tree: Tree) {
        if text.isEmpty {
            self = .anonymous
        } else if text.utf8.contains(UInt8(ascii: "=")), let named = Self.named(text, in: tree) {
            self = named
        } else {
            // What is no name of ours is asked about as it stands: nobody has it, and it takes as long to find that out.
            self = .person(authcid: text, .tree)
        }
    }

    private static func named(_ text: String, in tree: Tree) -> BindName? {
        guard let name = DistinguishedName(text), let path = TreePath(name, below: tree.base),
            let leaf = path.assertions.first
        else { return nil }
        return switch tree.place(at: path.assertions) {
        case .person: .person(authcid: leaf.value, path.view)
        case .service(let service): .service(service)
        default: nil
        }
    }
}
