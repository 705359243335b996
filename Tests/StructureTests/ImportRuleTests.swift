import Testing

struct ImportRuleTests {
    private let tree = SourceTree()

    @Test("every room is listed with what it may import, and every listed room exists")
    func roomsAreListed() throws {
        #expect(Set(try tree.rooms()) == Set(allowedImports.keys))
    }

    @Test("a room imports only what it may", arguments: allowedImports.keys.sorted())
    func importsStayInside(room: String) throws {
        let allowed = try #require(allowedImports[room]).union(languageModules)
        for file in try tree.files(of: room) {
            let strangers = try file.imports().subtracting(allowed).sorted()
            #expect(strangers.isEmpty, "\(file.path) may not import \(strangers.joined(separator: ", "))")
        }
    }

    @Test("codecs and sessions are pure: none imports Foundation", arguments: allowedImports.keys.sorted())
    func codecsAndSessionsArePure(room: String) throws {
        for file in try tree.files(of: room) where file.isCodecOrSession {
            #expect(try !file.imports().contains("Foundation"), "\(file.path) may not import Foundation")
        }
    }

    @Test(
        "an import is found however it is written",
        arguments: [
            ("import Crypto", "Crypto"), ("public import NIOCore", "NIOCore"), ("    import Glibc", "Glibc"),
            ("@preconcurrency import NIOPosix", "NIOPosix"), ("@_spi(_Unicode) import Swift", "Swift"),
            ("import struct Foundation.Data", "Foundation"), ("@testable internal import Yams  // why", "Yams"),
        ])
    func importForms(line: String, module: String) {
        #expect(SourceFile.module(importedBy: line) == module)
    }

    @Test(
        "text about imports is no import",
        arguments: ["// import Foundation", "let important = 1", "/// import X", "importer()", "import"])
    func noImports(line: String) {
        #expect(SourceFile.module(importedBy: line) == nil)
    }
}
