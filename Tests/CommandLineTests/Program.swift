import Foundation

/// The built `latchkey`, run as a script would run it.
struct Program {
    struct Outcome {
        let code: Int32
        let output: String
        let errors: String

        /// The one JSON value on standard output.
        func json() throws -> Any {
            try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed)
        }

        func object() throws -> [String: Any] { try json() as? [String: Any] ?? [:] }

        func objects() throws -> [[String: Any]] { try json() as? [[String: Any]] ?? [] }

        var errorLines: [Substring] { errors.split(separator: "\n") }
    }

    /// It stands beside the tests' own bundle.
    private static let url = (Bundle.main.executableURL ?? Bundle.main.bundleURL).deletingLastPathComponent()
        .appending(path: "latchkey")

    /// What this process's environment says of Latchkey is no business of the tests.
    static func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LATCHKEY_") }
            .merging(environment) { $1 }
        return process
    }

    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) throws -> Outcome {
        let process = process(arguments, environment: environment)
        let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (standardInput, output, errors)
        try process.run()
        // Both ends stay far below a pipe's 64 KiB, so neither side can wait for the other.
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let written = try output.fileHandleForReading.readToEnd() ?? Data()
        let complaints = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(
            code: process.terminationStatus, output: String(decoding: written, as: UTF8.self),
            errors: String(decoding: complaints, as: UTF8.self))
    }
}
