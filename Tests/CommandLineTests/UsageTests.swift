import Foundation
import Testing

struct UsageTests {
    @Test(
        "wrong usage is told in one line with the help to ask for, and ends with 64",
        arguments: [
            ["init"], ["nonsense"], ["account", "list", "--frob"], ["app-password", "create", "--account", "alice"],
            ["verify", "--account", "alice", "--service", "imap"], ["group", "add-member", "wiki"],
            ["audit", "list", "--limit", "0"],
            ["app-password", "create", "--account", "a", "--name", "b", "--application", "c", "--expires", "soon"],
            ["audit", "list", "--action", "nothing"],
        ])
    func usage(arguments: [String]) throws {
        let outcome = try Program.run(arguments)
        #expect(outcome.code == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.hasPrefix("latchkey: ") && outcome.errors.contains("--help"), "\(outcome.errors)")
    }

    @Test("wrong configuration is told with its place, and ends with 78")
    func configuration() throws {
        let place = try Place()
        let file = place.path("latchkey.yaml")
        try Data("domian: example.com\nlog:\n  level: loud\n".utf8).write(to: URL(filePath: file))
        let outcome = try place.run("check-config", "--config", file)
        #expect(outcome.code == 78)
        #expect(
            outcome.errors.hasPrefix("latchkey: latchkey.yaml:1: domian: there is no such key: did you mean domain?\n"))
        #expect(outcome.errorLines.count == 2)
        #expect(try place.run("serve", environment: ["LATCHKEY_LOG_LEVL": "info"]).code == 78)
        #expect(try place.run("check-config").code == 0)
    }

    @Test("a data directory that is not there says how to make it")
    func absent() throws {
        let place = try Place(initialised: false)
        for command in ["serve", "explain"] {
            let arguments = command == "explain" ? [command, "alice"] : [command]
            let outcome = try Program.run(arguments + ["--data", place.data])
            #expect(outcome.code == 78)
            #expect(outcome.errors.contains("run latchkey init --data \(place.data) first"))
        }
    }

    @Test("init makes what only its owner may read, and never overwrites")
    func initialise() throws {
        let place = try Place()
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(place.data) == 0o700)
        #expect(try mode(place.data + "/master.key") == 0o600)
        let key = try Data(contentsOf: URL(filePath: place.data + "/master.key"))
        let again = try place.run("init")
        #expect(again.code == 1 && again.errorLines.count == 1)
        #expect(try Data(contentsOf: URL(filePath: place.data + "/master.key")) == key)
    }

    @Test("a wrong domain is told before anything is made")
    func wrongDomain() throws {
        let place = try Place(initialised: false)
        let outcome = try place.run("init", "--domain", "a b")
        #expect(outcome.code == 78)
        #expect(outcome.errors == "latchkey: --domain: “a b” is no domain: write example.com\n")
        #expect(!FileManager.default.fileExists(atPath: place.data))
    }

    @Test("a master key that others may read is refused with the fix")
    func openMasterKey() throws {
        let place = try Place()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place.data + "/master.key")
        let outcome = try place.run("account", "list")
        #expect(outcome.code == 78)
        #expect(outcome.errors.contains("is readable by others: run chmod 600 on it"))
    }
}
