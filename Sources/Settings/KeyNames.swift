import LatchkeyCore

extension Key {
    /// The key at `path`, and what its star stands for.
    static func named(_ path: [String]) -> (key: Key, name: String?)? {
        for key in all where key.parts.count == path.count && key.begins(with: path) {
            return (key, key.parts.firstIndex(of: wildcard).map { path[$0] })
        }
        return nil
    }

    /// The names that the path is made of.
    fileprivate var parts: [String] { path.split(separator: ".").map { String($0) } }

    fileprivate func begins(with path: [String]) -> Bool {
        path.count <= parts.count && zip(parts, path).allSatisfy { $0 == $1 || $0 == Self.wildcard }
    }
}

/// The names of keys and of the groups they stand in.
enum KeyNames {
    /// `portal`, `doors`, `doors.http` …
    static func isGroup(_ path: [String]) -> Bool {
        Key.all.contains { $0.parts.count > path.count && $0.begins(with: path) }
    }

    /// The keys of a group, without the group's own name.
    static func below(_ group: [String]) -> [String] {
        Key.all.filter { $0.parts.count > group.count && $0.begins(with: group) }
            .map { $0.parts.dropFirst(group.count).map { $0 == Key.wildcard ? "NAME" : $0 }.joined(separator: ".") }
    }

    /// What to say of a path that is neither a key nor a group: the nearest one, else those that stand beside it.
    static func objection(to path: [String]) -> String {
        let written = path.joined(separator: ".")
        // A star stands for whatever name is given there.
        let keys = Key.all.map { key in
            key.parts.enumerated().map { place, part in
                part == Key.wildcard ? (place < path.count ? path[place] : "NAME") : part
            }
        }
        let groups = keys.flatMap { key in (1..<key.count).map { Array(key[..<$0]) } }
        let known = (keys + groups).map { $0.joined(separator: ".") }
        if let nearest = known.nearest(to: written) { return "there is no such key: did you mean \(shown(nearest))?" }
        // A key at its right name in the wrong place.
        if let moved = (keys + groups).first(where: { $0.last == path.last }) {
            return "there is no such key: did you mean \(shown(moved.joined(separator: ".")))?"
        }
        return "there is no such key: see latchkey check-config --reference"
    }

    /// The same for a variable.
    static func objection(toVariable variable: String) -> String {
        if NamedGroup.all.contains(where: { variable.hasPrefix(Key.variable(of: $0.path.joined(separator: ".")) + "_") }
        ) {
            return "there is no variable for what has a name of yours: give it in the configuration file"
        }
        let nearest = Key.all.compactMap(\.variable).nearest(to: variable)
        return nearest.map { "there is no such setting: did you mean \($0)?" }
            ?? "there is no such setting: see latchkey check-config --reference"
    }

    /// The operator's own names may be in it.
    private static func shown(_ path: String) -> String { Attempt.printable(path, limit: 128) ?? "" }
}
