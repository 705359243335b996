/// People who belong together: a team, a department, who may use the wiki.
public struct Group: Hashable, Sendable {
    public let id: GroupID
    public var name: GroupName
    /// What it is for, in words; may be empty.
    public var description: String
    public let created: Timestamp

    public static let maximumDescriptionLength = 200

    public init(id: GroupID, name: GroupName, description: String = "", created: Timestamp) {
        self.id = id
        self.name = name
        self.description = description
        self.created = created
    }
}

public typealias GroupID = Identifier<Group>

/// A group's name: 1 to 64 of `a-z 0-9 . _ -`, beginning with a letter or digit; upper case is folded. It stands in DNs, in
/// header lists and in other systems' configurations, and is safe in all of them.
public struct GroupName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let maximumLength = 64

    public let text: String

    public init?(_ raw: String) {
        guard let name = Service(raw)?.name, !name.utf8.contains(UInt8(ascii: ":")) else { return nil }
        text = name
    }

    public var description: String { text }

    public static func < (left: GroupName, right: GroupName) -> Bool { left.text < right.text }
}
