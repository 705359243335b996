import Foundation

/// The folders of `Sources`, found from where this file was compiled.
struct SourceTree {
    private let root: URL

    init(thisFile: String = #filePath) {
        root = URL(filePath: thisFile).deletingLastPathComponent().appending(path: "../../Sources").standardizedFileURL
    }

    func rooms() throws -> [String] {
        try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: [.isDirectoryKey])
            .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
            .map(\.lastPathComponent)
    }

    func files(of room: String) throws -> [SourceFile] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: room).path)
            .filter { $0.hasSuffix(".swift") }.sorted()
            .map { SourceFile(path: "\(room)/\($0)", url: root.appending(path: "\(room)/\($0)")) }
    }
}

struct SourceFile {
    /// Below `Sources`.
    let path: String
    let url: URL

    /// By its name, as the doors' three kinds of files are named: `LineCodec.swift`, `Session.swift`.
    var isCodecOrSession: Bool {
        let name = url.deletingPathExtension().lastPathComponent
        return name.contains("Codec") || name.contains("Session")
    }

    func imports() throws -> Set<String> {
        let text = try String(contentsOf: url, encoding: .utf8)
        return Set(text.split(separator: "\n").compactMap { Self.module(importedBy: $0) })
    }

    /// The module that one line imports; nil if it imports none.
    static func module(importedBy line: some StringProtocol) -> String? {
        var words = line.split(whereSeparator: \.isWhitespace)[...]
        while let word = words.first, word.hasPrefix("@") || accessLevels.contains(String(word)) { words.removeFirst() }
        guard words.popFirst() == "import" else { return nil }
        if let word = words.first, kinds.contains(String(word)) { words.removeFirst() }
        return words.first?.split(separator: ".").first.map { String($0) }
    }

    private static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
    private static let kinds: Set<String> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
}
