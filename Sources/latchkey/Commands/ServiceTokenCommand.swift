import Accounts
import ArgumentParser
import Keyring
import LatchkeyCore
import Settings
import Storage

struct ServiceTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service-token",
        abstract: "Bearer tokens of servers that ask through the HTTP door or read the directory.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a token and print it, this once.")

        @Argument(help: "Who bears it: “nginx on web1”.") var name: String
        @Option(help: "A service it may ask about. May be given several times; without it, any.") var service:
            [String] = []
        @Flag(help: "It may search the directory: who there is and who belongs together.") var readDirectory = false
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let services = try service.map { text in
                    guard let service = Service(text) else {
                        throw CommandFailure(text: "“\(text)” is no service name: write it like http:wiki")
                    }
                    return service
                }
                guard let name = Attempt.printable(name, limit: 128) else {
                    throw CommandFailure(text: "give the token a name that says who bears it")
                }
                var rng = SystemRandomNumberGenerator()
                let token = ServiceToken.generate(using: &rng)
                let bearer = RelyingService(
                    id: Identifier(at: currentTime(), using: &rng), name: name, services: Set(services),
                    mayReadDirectory: readDirectory, created: currentTime())
                try await house.relyingServices.insert(
                    bearer, tokenHash: ServiceToken.hash(token),
                    event: AuditEvent(
                        time: currentTime(), action: .serviceTokenIssued, actor: commandLineActor,
                        detail: name + (readDirectory ? ", may read the directory" : "")))
                try output.print(
                    RelyingServiceView(bearer, token: token.reveal()),
                    text: "\(token.reveal() ?? "")\n\nIt is not shown again. Its id is \(bearer.id).")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the tokens: everything but the tokens themselves.")

        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let all = try await place.installation().relyingServices.relyingServices()
                try output.print(
                    all.map { RelyingServiceView($0, token: nil) },
                    text: table(
                        ["ID", "NAME", "SERVICES", "DIRECTORY", "MADE"],
                        all.map {
                            let services = $0.services.sorted().map(\.name).joined(separator: ",")
                            return [
                                $0.id.description, $0.name, services.isEmpty ? "any" : services,
                                $0.mayReadDirectory ? "reads" : "", $0.created.description,
                            ]
                        }))
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a token: its next question is refused.")

        @Argument var id: String
        @OptionGroup var place: Place

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let event = AuditEvent(
                    time: currentTime(), action: .serviceTokenRevoked, actor: commandLineActor, detail: id)
                guard let token = Identifier<RelyingService>(id),
                    try await house.relyingServices.delete(token, event: event)
                else { throw CommandFailure(text: "there is no token \(id): see latchkey service-token list") }
                print("Revoked \(id).")
            }
        }
    }
}

/// A relying service as `--json` prints it. `token` only where it has just been made.
private struct RelyingServiceView: Encodable {
    let id: String
    let name: String
    let services: [String]
    let readsDirectory: Bool
    let created: String
    let token: String?

    enum CodingKeys: String, CodingKey {
        case id, name, services, created, token
        case readsDirectory = "reads_directory"
    }

    init(_ service: RelyingService, token: String?) {
        id = service.id.description
        name = service.name
        services = service.services.sorted().map(\.name)
        readsDirectory = service.mayReadDirectory
        created = service.created.description
        self.token = token
    }
}
