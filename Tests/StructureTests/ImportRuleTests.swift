import Foundation
import Testing

/// The dependency rule, as data: a room and what its files may import. Arrows point inwards only.
private let allowedImports: [String: Set<String>] = [
    "LatchkeyCore": ["Crypto", "Synchronization", "Swift", "Glibc", "Musl"],
    "Keyring": ["LatchkeyCore", "CArgon2", "Crypto", "Foundation", "Synchronization", "Swift", "Glibc", "Musl"],
    "TOTP": ["Crypto"],
    "Accounts": ["LatchkeyCore", "Keyring", "TOTP", "Crypto", "Synchronization"],
    "Storage": ["LatchkeyCore", "Keyring", "Accounts", "GRDB", "GRDBSQLite", "Foundation", "Synchronization"],
    "SASL": ["LatchkeyCore", "Glibc", "Musl"],
    "DoorKit": [
        "LatchkeyCore", "NIOCore", "NIOPosix", "Logging", "ServiceLifecycle", "Synchronization", "Glibc", "Musl",
    ],
    "DovecotDoor": ["LatchkeyCore", "SASL", "DoorKit", "NIOCore", "Logging", "Synchronization", "Glibc", "Musl"],
    "HTTPDoor": ["LatchkeyCore", "DoorKit", "NIOCore", "NIOHTTP1", "Logging", "Foundation"],
    "Portal": [
        "LatchkeyCore", "Accounts", "CQRencode", "Crypto", "HTTPTypes", "Hummingbird", "Mustache", "NIOCore", "Logging",
        "ServiceLifecycle", "Synchronization",
    ],
    "Settings": ["LatchkeyCore", "Yams", "Foundation"],
    "LatchkeyTesting": ["LatchkeyCore", "Foundation", "Synchronization"],
    "CArgon2": [],
    "CQRencode": [],
]

/// Composition roots, which see everything.
private let roots: Set<String> = ["latchkey", "latchkey-bench"]

struct ImportRuleTests {
    private static let sources = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    private func files(of room: String) throws -> [URL] {
        let directory = Self.sources.appending(path: room)
        return try FileManager.default.subpathsOfDirectory(atPath: directory.path)
            .filter { $0.hasSuffix(".swift") }.map { directory.appending(path: $0) }
    }

    private func imports(of file: URL) throws -> Set<String> {
        let text = try String(contentsOf: file, encoding: .utf8)
        let pattern =
            /^\s*(?:@\S+\s+)*(?:(?:public|package|internal|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|func|var|let|protocol|typealias)\s+)?(\w+)/
        return Set(text.split(separator: "\n").compactMap { $0.prefixMatch(of: pattern).map { String($0.1) } })
    }

    @Test("every room is in the rule, and the rule names no other")
    func complete() throws {
        let rooms = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
        #expect(Set(rooms) == Set(allowedImports.keys).union(roots))
    }

    @Test("a room imports only what it may", arguments: allowedImports.keys.sorted())
    func importsStayInside(room: String) throws {
        let allowed = try #require(allowedImports[room])
        for file in try files(of: room) {
            let foreign = try imports(of: file).subtracting(allowed)
            #expect(foreign.isEmpty, "\(room)/\(file.lastPathComponent) imports \(foreign.sorted())")
        }
    }

    @Test("codecs and sessions do no I/O: they import neither NIO nor Foundation")
    func pureParts() throws {
        var seen = 0
        for room in ["DovecotDoor", "SASL"] {
            for file in try files(of: room)
            where file.path.contains("/Codec/") || file.path.contains("/Session/") || room == "SASL" {
                seen += 1
                let impure = try imports(of: file).intersection(["NIOCore", "NIOPosix", "Foundation"])
                #expect(impure.isEmpty, "\(room)/\(file.lastPathComponent) imports \(impure.sorted())")
            }
        }
        #expect(seen > 5)
    }

    @Test("the rule sees imports in every spelling")
    func reader() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "imports-\(UUID().uuidString).swift")
        try Data(
            "import A\npublic import B\n@testable import C\n  import struct D.E\n// import F\n@_spi(X) import G\n".utf8
        )
        .write(to: directory)
        defer { try? FileManager.default.removeItem(at: directory) }
        #expect(try imports(of: directory) == ["A", "B", "C", "D", "G"])
    }
}
