extension Key {
    static func named(_ path: String) -> Key? { all.first { $0.path == path } }
}

/// The names of keys and of the groups they stand in.
enum KeyNames {
    /// `portal`, `doors`, `doors.http` …
    static func isGroup(_ path: String) -> Bool {
        Key.all.contains { $0.path.hasPrefix(path + ".") }
    }

    /// The keys of a group, without the group's own name.
    static func below(_ group: String) -> [String] {
        Key.all.map(\.path).filter { $0.hasPrefix(group + ".") }.map { String($0.dropFirst(group.count + 1)) }
    }

    /// What to say of a path that is neither a key nor a group: the nearest one, else those that stand beside it.
    static func objection(to path: String) -> String {
        let groups = Key.all.flatMap { key in
            key.path.indices.filter { key.path[$0] == "." }.map { String(key.path[..<$0]) }
        }
        let known = Key.all.map(\.path) + groups
        if let nearest = known.nearest(to: path) { return "there is no such key: did you mean \(nearest)?" }
        // A key at its right name in the wrong place.
        let last = path.split(separator: ".").last.map { String($0) }
        if let moved = known.first(where: { $0.split(separator: ".").last.map { String($0) } == last }) {
            return "there is no such key: did you mean \(moved)?"
        }
        return "there is no such key: see latchkey check-config --reference"
    }
}
