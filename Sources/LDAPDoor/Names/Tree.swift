import LatchkeyCore

/// How the places are named below one base.
///
/// `app=NAME` right above the base is a view of the same tree for the service NAME: people who are found below it bind with
/// what is for that service.
struct Tree: Sendable {
    let base: DistinguishedName
    /// Added to login names that come without one.
    let domain: String?
    /// The view; nil is the tree itself.
    let app: Service?
    private let suffix: String

    init(base: DistinguishedName, domain: String?, app: Service? = nil) {
        self.base = base
        self.domain = domain
        self.app = app
        suffix = (app.map { "app=\($0.name)," } ?? "") + base.description
    }

    /// What a name leads to.
    enum Resolution: Sendable {
        case place(Place, in: Tree)
        /// There is no such place; the deepest entry above it that there is.
        case nothing(below: Place)
        /// No name at all.
        case invalid
    }

    func resolve(_ text: String) -> Resolution {
        guard let name = DistinguishedName(text) else { return .invalid }
        return resolve(name)
    }

    func resolve(_ name: DistinguishedName) -> Resolution {
        if name.parts.isEmpty { return .place(.root, in: self) }
        if name == Self.subschemaName { return .place(.subschema, in: self) }
        guard name.parts(below: base) != nil else { return .nothing(below: .root) }
        guard let path = TreePath(name, below: base), let tree = seen(in: path.view) else {
            return .nothing(below: .suffix)
        }
        return tree.place(at: path.assertions).map { .place($0, in: tree) }
            ?? .nothing(below: Self.deepestAbove(path.assertions))
    }

    /// This tree in a view; nil if that is no service's.
    private func seen(in view: TreePath.View) -> Tree? {
        switch view {
        case .tree: self
        case .app(let service): service.map { Tree(base: base, domain: domain, app: $0) }
        }
    }

    /// The place that a value of a name's kind means; nil if it is none of ours. In whatever view: they are the same people.
    func place(named name: DistinguishedName) -> Place? {
        if case .place(let place, _) = resolve(name) { place } else { nil }
    }

    func login(_ text: String) -> LoginName? { LoginName(text)?.qualified(with: domain) }

    func name(of place: Place) -> String {
        switch place {
        case .root: ""
        case .subschema: Self.subschemaName.description
        case .suffix: suffix
        case .people: "ou=people,\(suffix)"
        case .person(let login): "\(DistinguishedName.text("uid", login.text)),ou=people,\(suffix)"
        case .groups: "ou=groups,\(suffix)"
        case .group(let group): "cn=\(group.text),ou=groups,\(suffix)"
        case .services: "ou=services,\(suffix)"
        case .service(let service): "\(DistinguishedName.text("cn", service.text)),ou=services,\(suffix)"
        }
    }

    static let subschemaName = DistinguishedName(parts: [[DistinguishedName.Assertion(type: "cn", value: "Subschema")]])

    /// `path` is what stands above the base, leaf first, without views.
    func place(at path: [DistinguishedName.Assertion]) -> Place? {
        guard let top = path.last else { return .suffix }
        guard top.type == "ou", let container = Self.container(top.value) else {
            // Short for a person: only the view tells more.
            return path.count == 1 ? person(top) : nil
        }
        guard path.count > 1 else { return container }
        guard path.count == 2 else { return nil }
        let leaf = path[0]
        return switch container {
        case .people: person(leaf)
        case .groups: leaf.type == "cn" ? GroupName(leaf.value).map { .group($0) } : nil
        case .services: leaf.type == "cn" ? .service(ServiceName(text: leaf.value)) : nil
        default: nil
        }
    }

    private func person(_ assertion: DistinguishedName.Assertion) -> Place? {
        guard Self.typesOfPeople.contains(assertion.type) else { return nil }
        return login(assertion.value).map { .person($0) }
    }

    private static func container(_ name: String) -> Place? {
        switch name.foldedForMatching {
        case "people": .people
        case "groups": .groups
        case "services": .services
        default: nil
        }
    }

    private static func deepestAbove(_ path: [DistinguishedName.Assertion]) -> Place {
        guard let top = path.last, path.count > 1, top.type == "ou" else { return .suffix }
        return container(top.value) ?? .suffix
    }

    /// Attributes that may name a person, whose value is then a login name or an alias.
    static let typesOfPeople: Set<String> = ["uid", "cn", "mail"]
}
