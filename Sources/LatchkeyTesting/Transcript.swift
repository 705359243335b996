public import Foundation

/// A dialogue as a golden file: what the client says (`C:`), what the server says (`S:`), and what happens inside (`=`).
///
/// A line that begins with `#` is a comment. In a spoken line `<T>` stands for a TAB, `<0a>` for the octet 0a, and
/// `base64{…}` for its content in base64.
public struct Transcript: Sendable, CustomStringConvertible {
    public enum Event: Equatable, Sendable {
        case client(String)
        case server(String)
        case inside(String)
    }

    public struct Line: Equatable, Sendable {
        public let number: Int
        public let event: Event
    }

    /// The file's name without its suffix.
    public let name: String
    public let lines: [Line]

    public var description: String { name }

    /// Everything the client says.
    public var client: [String] {
        lines.compactMap { line in if case .client(let text) = line.event { text } else { nil } }
    }

    public init(name: String, text: String) throws {
        self.name = name
        lines = try text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
            let number = $0.offset + 1
            let text = String($0.element)
            guard !text.isEmpty, !text.hasPrefix("#") else { return nil }
            return Line(number: number, event: try Self.event(text, "\(name), line \(number)"))
        }
    }

    /// All transcripts of a folder, by name.
    public static func all(in folder: URL) throws -> [Transcript] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "txt" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { file in
                try Transcript(
                    name: file.deletingPathExtension().lastPathComponent,
                    text: String(decoding: Data(contentsOf: file), as: UTF8.self))
            }
    }

    private static func event(_ text: String, _ place: String) throws -> Event {
        if let spoken = spoken(text, "C:") { return .client(spoken) }
        if let spoken = spoken(text, "S:") { return .server(spoken) }
        if text.hasPrefix("= ") { return .inside(String(text.dropFirst(2))) }
        throw UnreadableTranscript("\(place): expected “C:”, “S:”, “=” or “#”")
    }

    private static func spoken(_ text: String, _ speaker: String) -> String? {
        guard text.hasPrefix(speaker) else { return nil }
        let words = text.dropFirst(speaker.count)
        return String(words.hasPrefix(" ") ? words.dropFirst() : words)
    }

    /// The octets that a spoken line stands for, without a line end.
    public static func octets(of spoken: String) throws -> [UInt8] {
        var octets: [UInt8] = []
        var rest = spoken[...]
        while let character = rest.first {
            if rest.hasPrefix("base64{"), let end = rest.firstIndex(of: "}") {
                let content = try Self.octets(of: String(rest[..<end].dropFirst("base64{".count)))
                octets += Data(content).base64EncodedString().utf8
                rest = rest[rest.index(after: end)...]
            } else if character == "<", let end = rest.firstIndex(of: ">") {
                octets.append(try octet(named: rest[..<end].dropFirst()))
                rest = rest[rest.index(after: end)...]
            } else {
                octets += String(character).utf8
                rest = rest.dropFirst()
            }
        }
        return octets
    }

    /// Octets in the notation of `octets(of:)`, for comparing what was said with what should have been.
    public static func notation(of octets: some Sequence<UInt8>) -> String {
        octets.map { octet in
            switch octet {
            case 0x09: "<T>"
            case 0x20...0x7e: String(UnicodeScalar(octet))
            default: "<\(octet < 16 ? "0" : "")\(String(octet, radix: 16))>"
            }
        }.joined()
    }

    private static func octet(named name: Substring) throws -> UInt8 {
        if name == "T" { return 0x09 }
        guard name.count == 2, let octet = UInt8(name, radix: 16) else {
            throw UnreadableTranscript("<\(name)> is neither <T> nor an octet in two hexadecimal digits")
        }
        return octet
    }
}

/// A transcript that is not written as it should be.
public struct UnreadableTranscript: Error, CustomStringConvertible {
    public let description: String

    public init(_ problem: String) {
        description = problem
    }
}
