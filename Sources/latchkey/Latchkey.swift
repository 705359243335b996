import ArgumentParser
import Foundation

/// The command line: every command opens the same data directory, also while the server runs, and takes effect in it at once.
@main
struct Latchkey: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "latchkey",
        abstract: "Gives every application its own key.",
        version: version,
        subcommands: [
            Initialise.self, Serve.self, CheckConfiguration.self, Doctor.self, SnippetCommand.self, AccountCommand.self,
            GroupCommand.self, AppPasswordCommand.self, Verify.self, Check.self, ServiceTokenCommand.self,
            AuditCommand.self,
            Explain.self, MailCommand.self,
        ])

    /// Errors go to standard error as one line: 64 for wrong usage, 78 for wrong configuration (sysexits.h), 1 for the rest.
    static func main() async {
        // Whatever is made, databases and keys above all, is for this user alone; sockets are opened to their group one by one.
        umask(0o077)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as CommandFailure {
            FileHandle.standardError.write(Data("latchkey: \(error.text)\n".utf8))
            Foundation.exit(error.code)
        } catch let error where exitCode(for: error) == .validationFailure {
            FileHandle.standardError.write(Data("latchkey: \(usage(error))\n".utf8))
            // Whoever calls checkpassword knows that one's codes.
            let isCheck = CommandLine.arguments.dropFirst().first == Check.name
            Foundation.exit(isCheck ? CheckOutcome.misused.rawValue : ExitCode.validationFailure.rawValue)
        } catch {
            exit(withError: error)
        }
    }

    /// What is wrong with the words of the command, and which help to ask for, in one line.
    private static func usage(_ error: any Error) -> String {
        var problem = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
        if problem.hasSuffix("?.") { problem.removeLast() }
        let help = fullMessage(for: error).firstMatch(of: /See '(.+ --help)'/).map { String($0.output.1) }
        return "\(problem)\([".", "?"].contains(problem.last) ? "" : ".") See \(help ?? "latchkey --help")."
    }
}

/// Why a command ends without having done its work.
struct CommandFailure: Error {
    /// What is wrong and the fix; one line, or one a problem.
    let text: String
    var code: Int32 = 1

    static func configuration(_ text: String) -> CommandFailure { CommandFailure(text: text, code: 78) }
}
