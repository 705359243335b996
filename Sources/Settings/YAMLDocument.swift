import LatchkeyCore
import Yams

/// A YAML document as the configuration uses it: mappings of scalars and of lists of scalars, each with its line.
struct YAMLDocument {
    /// Octets of a file; ours has a few hundred.
    static let maximumLength = 262_144

    /// A key with what was given for it.
    struct Entry {
        /// The names of the groups it stands in, and its own.
        let path: [String]
        let line: Int
        let value: Value

        /// The path as it is written. A dot belongs between names: a name that has one is quoted.
        var written: String { path.map { $0.contains(".") ? "“\($0)”" : $0 }.joined(separator: ".") }
    }

    enum Value {
        case texts([(text: String, line: Int)], isList: Bool)
        /// A mapping: the name of a group of keys. Empty where nothing stands below the key.
        case group(isEmpty: Bool)
        /// Lists in lists, mappings in lists.
        case other
    }

    private(set) var entries: [Entry] = []

    /// Throws the one problem because of which nothing of the document can be read.
    init(_ octets: [UInt8], name: String, isGroup: ([String]) -> Bool) throws(InvalidSettings) {
        do throws(Unreadable) {
            guard let root = try Self.compose(octets, name: name), !root.isEmptyScalar else { return }
            guard case .mapping(let mapping) = root else {
                throw Unreadable(
                    line: root.mark?.line ?? 1,
                    text: "there are no keys: write a key a line, for example domain: example.com")
            }
            try collect(mapping, under: [], isGroup: isGroup)
        } catch {
            let place = error.line.map { "\(name):\($0)" } ?? name
            throw InvalidSettings(problems: [InvalidSettings.Problem(place, error.text)])
        }
    }

    /// Goes down only where the table of keys does, so that no nesting is deeper than it.
    private mutating func collect(
        _ mapping: Node.Mapping, under parent: [String], isGroup: ([String]) -> Bool
    ) throws(Unreadable) {
        for (key, value) in mapping {
            let line = key.mark?.line ?? 1
            guard case .scalar(let name) = key else {
                throw Unreadable(line: line, text: "a key is a name, not a list or a mapping")
            }
            let path = parent + [name.string]
            if case .mapping(let group) = value {
                entries.append(Entry(path: path, line: line, value: .group(isEmpty: false)))
                if isGroup(path) { try collect(group, under: path, isGroup: isGroup) }
            } else {
                entries.append(Entry(path: path, line: line, value: Self.value(value, isGroup: isGroup(path))))
            }
        }
    }

    private static func value(_ node: Node, isGroup: Bool) -> Value {
        if isGroup, node.isEmptyScalar { return .group(isEmpty: true) }
        switch node {
        case .scalar(let scalar):
            return .texts([(node.isEmptyScalar ? "" : scalar.string, scalar.mark?.line ?? 1)], isList: false)
        case .sequence(let sequence):
            var texts: [(text: String, line: Int)] = []
            for node in sequence {
                guard case .scalar(let scalar) = node else { return .other }
                texts.append((node.isEmptyScalar ? "" : scalar.string, scalar.mark?.line ?? 1))
            }
            return .texts(texts, isList: true)
        case .mapping, .alias: return .other
        }
    }

    fileprivate struct Unreadable: Error {
        let line: Int?
        let text: String
    }

    private static func compose(_ octets: [UInt8], name: String) throws(Unreadable) -> Node? {
        guard octets.count <= maximumLength else {
            throw Unreadable(
                line: nil, text: "the file is larger than \(maximumLength / 1_024) KiB: is it the right one?")
        }
        guard let text = String(validating: octets, as: UTF8.self) else {
            throw Unreadable(line: nil, text: "the file is not UTF-8: save it as UTF-8")
        }
        if let line = ReferenceScanner.firstReference(in: text) {
            throw Unreadable(
                line: line,
                text:
                    "anchors (&), aliases (*) and tags (!) are not taken: write the value itself, in quotes if it begins so"
            )
        }
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw Unreadable(error)
        } catch {
            throw Unreadable(line: nil, text: "the file cannot be read as YAML: \(error)")
        }
    }
}

extension YAMLDocument.Unreadable {
    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(line: mark.line, text: "this is no YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.compactMap { Attempt.printable($0, limit: 64) }.joined(separator: ", ")
            self.init(line: context.mark.line, text: "\(names) is given more than once: keep one")
        case .reader(let problem, _, _, _):
            self.init(line: nil, text: "this is no YAML: \(problem)")
        default:
            self.init(line: nil, text: "this is no YAML")
        }
    }
}

extension Node {
    /// `key:` with nothing behind it, `~` or `null`.
    fileprivate var isEmptyScalar: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }
}
