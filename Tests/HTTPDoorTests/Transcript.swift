import Foundation
import Testing

/// A dialogue in a file: `#` the claim, `C:` a line of the client, `S:` one of ours, `=` what the verifier was asked. `C~` and `S~` are octets
/// without an end of line. All requests come before all answers.
struct Transcript: Sendable, CustomTestStringConvertible {
    let name: String
    private(set) var claim = ""
    private(set) var request = ""
    /// With LF alone at the end of lines.
    private(set) var answer = ""
    private(set) var questions: [String] = []

    var testDescription: String { name }

    init(_ file: URL) throws {
        name = file.deletingPathExtension().lastPathComponent
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            let text = String(line.dropFirst(3))
            switch line.prefix(2) {
            case "# ": claim = String(line.dropFirst(2))
            case "C:": request += text + "\r\n"
            case "C~": request += text
            case "S:": answer += text + "\n"
            case "S~": answer += text
            case "= ": questions.append(String(line.dropFirst(2)))
            default: throw Unreadable(line: String(line))
            }
        }
    }

    struct Unreadable: Error {
        let line: String
    }

    static func all() throws -> [Transcript] {
        let folder = try #require(Bundle.module.url(forResource: "Transcripts", withExtension: nil))
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }.map { try Transcript($0) }
    }
}
