import LatchkeyCore

/// What an entry of the tree stands for. Names are compared as places, so that every spelling of one is the same.
enum Place: Hashable, Sendable {
    /// The server itself (RFC 4512 §5.1); its name is empty.
    case root
    case subschema
    /// The organisation.
    case suffix
    case people
    case person(LoginName)
    case groups
    case group(GroupName)
    case services
    case service(ServiceName)
}

/// What an administrator called a relying service; compared without regard to case.
struct ServiceName: Hashable, Sendable {
    let text: String

    static func == (left: ServiceName, right: ServiceName) -> Bool {
        left.text.foldedForMatching == right.text.foldedForMatching
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(text.foldedForMatching)
    }
}
