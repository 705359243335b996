import Foundation
import LatchkeyTesting
import Testing

/// A data directory of its own, and the commands on it.
struct Place {
    private let directory: TemporaryDirectory
    var data: String { path("data") }

    init(initialised: Bool = true) throws {
        directory = try TemporaryDirectory()
        if initialised {
            let made = try run("init", "--domain", "example.com")
            #expect(made.code == 0, "\(made.errors)")
        }
    }

    func path(_ name: String) -> String { directory.path(name) }

    func run(
        _ arguments: String..., input: String = "", environment: [String: String] = [:]
    ) throws -> Program.Outcome {
        try Program.run(arguments + ["--data", data], input: input, environment: environment)
    }

    func createAppPassword(_ options: String...) throws -> (id: String, secret: String) {
        let made = try Program.run(
            ["app-password", "create", "--account", "alice", "--name", "Laptop", "--application", "email-client"]
                + options + ["--json", "--data", data])
        let view = try made.object()
        return (try #require(view["id"] as? String, "\(made.errors)"), try #require(view["secret"] as? String))
    }

    func verify(_ secret: String, service: String = "imap", address: String = "192.0.2.7") throws -> Program.Outcome {
        try run(
            "verify", "--account", "alice", "--service", service, "--address", address, "--secret-stdin", "--json",
            input: secret + "\n")
    }
}
