import Accounts
import ArgumentParser
import Foundation
import Keyring
import LatchkeyCore
import Settings
import Storage

struct Initialise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a data directory: master key, database and configuration file.")

    @Option(help: ArgumentHelp("The directory to make.", valueName: "directory")) var data: String
    @Option(help: "The organisation's domain, added to login names that come without one.") var domain: String?
    @OptionGroup var output: OutputForm

    private struct View: Encodable {
        let data: String
        let configuration: String
    }

    func run() async throws {
        try await reporting {
            let directory = URL(filePath: data)
            let files = [Installation.masterKeyName, Installation.databaseName, Installation.configurationName]
            for name in files where FileManager.default.fileExists(atPath: directory.appending(path: name).path) {
                throw CommandFailure(
                    text:
                        "\(data) holds Latchkey data already (\(name)): choose another directory, or use latchkey serve --data \(data)"
                )
            }
            let text = Self.configurationText(data: directory.standardizedFileURL.path, domain: domain)
            // Read back before anything is written: a wrong --domain is told now, not at the first start.
            do {
                _ = try Settings.parse(yaml: Array(text.utf8), name: "latchkey.yaml", environment: [:])
            } catch let invalid as InvalidSettings {
                let lines = invalid.problems.map { "--\($0.key ?? "data"): \($0.text)" }
                throw CommandFailure.configuration(lines.joined(separator: "\n"))
            }
            try Self.makeDirectory(directory)
            _ = try MasterKey.create(at: directory.appending(path: Installation.masterKeyName).path)
            let database = try await SQLiteDatabase.open(
                path: directory.appending(path: Installation.databaseName).path)
            try await Migrator().migrate(database)
            let configuration = directory.appending(path: Installation.configurationName)
            try Data(text.utf8).write(to: configuration, options: .withoutOverwriting)
            try output.print(
                View(data: directory.path, configuration: configuration.path),
                text: """
                    Made \(data). Keep a copy of \(data)/\(Installation.masterKeyName) apart from the database's back-ups:
                    without it no app password works again.
                    Next: latchkey serve --data \(data)
                    """)
        }
    }

    /// Nobody but its owner may enter: the master key lies there.
    private static func makeDirectory(_ directory: URL) throws {
        do {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(text: "\(directory.path) cannot be made: \(error.localizedDescription)")
        }
        guard chmod(directory.path, 0o700) == 0 else {
            throw CommandFailure(
                text: "\(directory.path) cannot be closed to others: \(String(cString: strerror(errno)))")
        }
    }

    private static func configurationText(data: String, domain: String?) -> String {
        """
        # Latchkey's configuration. Every key: latchkey check-config --reference
        data: \(quoted(data))
        \(domain.map { "domain: \(quoted($0))" } ?? "# domain: example.com")

        # portal:
        #   listen: 127.0.0.1:8080
        #   url: https://keys.example.com

        # doors:
        #   dovecot:
        #     listen: [unix:/var/spool/postfix/private/latchkey]

        """
    }

    /// A YAML double-quoted scalar (YAML 1.2 §7.3.1).
    private static func quoted(_ text: String) -> String {
        let escapes: [Character: String] = ["\"": "\\\"", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"]
        return "\"\(text.map { escapes[$0] ?? String($0) }.joined())\""
    }
}
