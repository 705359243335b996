import Foundation
import Keyring
import LatchkeyCore
import LatchkeyTesting
import Testing

struct SecretFileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func file(_ octets: [UInt8], mode: Int = 0o600) throws -> String {
        let path = directory.path("secret")
        try Data(octets).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    @Test("a secret is the file's line without its end", arguments: ["", "\n", "\r\n"])
    func line(end: String) throws {
        #expect(try SecretFile.load(from: try file(Array(("a long secret" + end).utf8))) == Secret("a long secret"))
    }

    @Test(
        "a file that others may open is refused, whatever they may do with it", arguments: [0o640, 0o604, 0o620, 0o601])
    func mode(mode: Int) throws {
        let path = try file(Array("secret".utf8), mode: mode)
        #expect { try SecretFile.load(from: path) } throws: {
            "\($0)" == "\(path) is readable by others: run chmod 600 on it"
        }
    }

    @Test(
        "what is not one line of text is refused",
        arguments: [[], [10], Array("two\nlines".utf8), [0xff], [0], [UInt8](repeating: 65, count: 4_096)])
    func content(octets: [UInt8]) throws {
        let path = try file(octets)
        #expect(throws: SecretFileError.self) { try SecretFile.load(from: path) }
    }

    @Test("a directory and a file that is not there are told as such")
    func absent() {
        #expect { try SecretFile.load(from: directory.path("none")) } throws: {
            "\($0)".contains("cannot be read: No such")
        }
        #expect { try SecretFile.load(from: directory.path(".")) } throws: { "\($0)".hasSuffix("is no file") }
    }
}
