import LatchkeyCore

/// What stands above the base in a name, leaf first: which view of the tree, and where in it.
struct TreePath: Equatable {
    /// The `app=NAME` of a name.
    enum View: Equatable {
        case tree
        /// Nil if it is no service's name.
        case app(Service?)
    }

    private(set) var view = View.tree
    private(set) var assertions: [DistinguishedName.Assertion] = []

    /// Nil if `name` is not below `base`, or names something by two attributes at once, as nothing of ours is.
    init?(_ name: DistinguishedName, below base: DistinguishedName) {
        guard let above = name.parts(below: base) else { return nil }
        for part in above {
            guard part.count == 1, let assertion = part.first else { return nil }
            if assertion.type == "app" {
                guard view == .tree else { return nil }
                view = .app(Service(assertion.value))
            } else {
                assertions.append(assertion)
            }
        }
    }
}
