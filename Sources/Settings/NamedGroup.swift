/// What stands below a name of the operator's choosing, such as `doors.radius.clients.office-wifi`.
protocol NamedMember: Hashable, Sendable {
    /// As it is before anything is given.
    init()
}

/// A group whose members the operator names.
struct NamedGroup: Sendable {
    let path: [String]
    /// What a name must be like.
    let name: Kind<String>
    /// Makes a member of this name, if there is none yet.
    let add: @Sendable (inout Settings, String) -> Void

    static let all = [
        group("doors.radius.clients", \.doors.radius.clients, .name),
        group("doors.radius.replies", \.doors.radius.replies, .serviceName),
        group("sso.providers", \.sso.providers, .name),
    ]

    /// The group that `path` is a member of.
    static func of(_ path: [String]) -> NamedGroup? {
        all.first { path.count == $0.path.count + 1 && path.starts(with: $0.path) }
    }

    private static func group<Member: NamedMember>(
        _ path: String, _ members: Field<[String: Member]>, _ name: Kind<String>
    ) -> NamedGroup {
        NamedGroup(path: path.split(separator: ".").map { String($0) }, name: name) { settings, name in
            if settings[keyPath: members][name] == nil { settings[keyPath: members][name] = Member() }
        }
    }
}
