import ArgumentParser
import LatchkeyCore
import Settings

struct SnippetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snippet", abstract: "Print the configuration of a server that asks Latchkey, ready to paste.",
        discussion: Snippet.all.map { "  \($0.name.padded(to: 18))\($0.about)" }.joined(separator: "\n"))

    @Argument(help: "The server: one of those above.") var server: String
    @Option(help: "The service that app passwords need for it, where it names none itself: http:wiki.") var service:
        String?
    @OptionGroup var place: Place
    @OptionGroup var output: OutputForm

    private struct View: Encodable {
        let server: String
        let about: String
        let text: String
    }

    func validate() throws {
        guard Snippet.named(server) != nil else {
            throw ValidationError(
                "There is no snippet for “\(server)”: choose one of \(Snippet.all.map(\.name).joined(separator: ", "))."
            )
        }
        if let service, Service(service) == nil {
            throw ValidationError("“\(service)” is no service name: write it like http:wiki.")
        }
    }

    func run() async throws {
        try await reporting {
            guard let snippet = Snippet.named(server) else { return }
            let text = try snippet.text(
                Deployment(settings: place.settings(), service: service.flatMap { Service($0) }))
            try output.print(View(server: snippet.name, about: snippet.about, text: text), text: text)
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
