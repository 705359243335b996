import ArgumentParser
import DovecotDoor
import Foundation
import LatchkeyCore
import Settings

/// Asks the running server on behalf of a program that can only run another. It opens neither the database nor the keys, so it starts
/// fast and may run as a user who must not read them.
struct Check: ParsableCommand {
    static let name = "check"
    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Verify a password for PAM, or for a program that speaks checkpassword.",
        discussion: """
            --pam: for pam_exec with expose_authtok, which gives the password on standard input and the rest in PAM_USER, \
            PAM_SERVICE and PAM_RHOST.
            --checkpassword: reads LOGIN NUL PASSWORD NUL TIMESTAMP NUL from descriptor 3, and becomes the program named after “--” if \
            the password is right, with USER set to the account's login name.

            Exit code 0 if accepted, 1 if refused, 2 for wrong usage, 111 if the server cannot say now.
            """)

    @Flag(help: "Ask for PAM.") var pam = false
    @Flag(help: "Speak checkpassword.") var checkpassword = false
    @Option(help: "The service: imap, smtp … Without it, what the environment says.") var service: String?
    @Option(help: ArgumentHelp("The running server's socket.", valueName: "path")) var socket: String?
    @OptionGroup var place: Place
    @Argument(parsing: .postTerminator, help: "What to become, with its arguments.") var program: [String] = []

    func validate() throws {
        guard pam != checkpassword else { throw ValidationError("Give either --pam or --checkpassword.") }
        guard !pam || program.isEmpty else { throw ValidationError("With --pam no program follows.") }
    }

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let context =
            pam
            ? try CheckContext.pam(environment, service: service)
            : try CheckContext.checkpassword(environment, service: service)
        guard pam || !program.isEmpty else {
            throw CheckContext.misused("there is no program to become: give it after “--”")
        }
        guard let question = try question(context, environment) else { throw ExitCode(CheckOutcome.refused.rawValue) }
        let server = LocalServer(socket: try socketPath())
        switch try server.answer(to: question) {
        case .accepted(let login):
            if checkpassword { throw become(program, as: login) }
        case .refused: throw ExitCode(CheckOutcome.refused.rawValue)
        case .unavailable:
            throw CommandFailure(
                text: "\(server.socket) cannot say now: try again later", code: CheckOutcome.temporary.rawValue)
        }
    }

    /// Nil if there is no need to ask: nobody has such a name or password.
    private func question(_ context: CheckContext, _ environment: [String: String]) throws -> AuthQuestion? {
        do {
            let (authcid, secret) = pam ? try pamInput(environment) : try checkpasswordInput()
            return AuthQuestion(
                authcid: authcid, secret: secret, service: context.service, address: context.address)
        } catch InputFault.oversized {
            return nil
        } catch InputFault.misused {
            throw CheckContext.misused("the password does not come as \(pam ? "pam_exec" : "checkpassword") gives it")
        }
    }

    private func pamInput(_ environment: [String: String]) throws -> (String, Secret) {
        guard let user = environment["PAM_USER"] else { throw CheckContext.misused("PAM_USER is missing") }
        let input = try Descriptor.standardInput.withContent(upTo: PAMInput.maximumLength) { octets in
            try PAMInput(octets)
        }
        guard let input else { throw InputFault.misused }
        return (user, input.secret)
    }

    private func checkpasswordInput() throws -> (String, Secret) {
        let descriptor = Descriptor.checkpassword
        let input = try descriptor.withContent(upTo: CheckpasswordInput.maximumLength) { octets in
            try CheckpasswordInput(octets)
        }
        close(descriptor.number)
        guard let input else { throw InputFault.misused }
        return (input.login, input.secret)
    }

    private func socketPath() throws(CommandFailure) -> String {
        if let socket { return socket }
        do {
            if let path = try place.settings().checkSocket { return path }
        } catch {
            throw CommandFailure(text: error.text, code: CheckOutcome.temporary.rawValue)
        }
        throw CheckContext.misused(
            "nobody says where the server is: give --socket PATH, --data DIRECTORY or --config FILE")
    }

    /// Returns only if it could not.
    private func become(_ program: [String], as login: String) -> CommandFailure {
        setenv("USER", login, 1)
        let words = program.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        if case let name?? = words.first { execvp(name, words) }
        return CommandFailure(
            text: "\(program[0]) cannot be run: \(String(cString: strerror(errno)))",
            code: CheckOutcome.temporary.rawValue)
    }
}
