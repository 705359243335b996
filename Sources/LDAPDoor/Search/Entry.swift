import LatchkeyCore

/// One entry of the tree, with everything it holds.
struct Entry: Sendable {
    let place: Place
    private(set) var attributes: [(type: AttributeType, values: [AttributeValue])] = []

    init(_ place: Place, _ classes: [ObjectClass]) {
        self.place = place
        add(.objectClass, classes.map { .text($0.rawValue) })
    }

    /// Adds nothing if there are no values: an attribute has one at least.
    mutating func add(_ type: AttributeType, _ values: [AttributeValue]) {
        if !values.isEmpty { attributes.append((type, values)) }
    }

    mutating func add(_ type: AttributeType, _ texts: String...) {
        add(type, texts.map { .text($0) })
    }

    func values(of type: AttributeType) -> [AttributeValue] {
        for attribute in attributes where attribute.type == type { return attribute.values }
        return []
    }
}
