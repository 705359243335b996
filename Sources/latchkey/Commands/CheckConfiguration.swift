import ArgumentParser
import Settings

struct CheckConfiguration: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config", abstract: "Read the configuration and tell every problem in it.")

    @Flag(help: "Print every key with its shape, default and meaning.") var reference = false
    @OptionGroup var place: Place

    func run() async throws {
        try await reporting {
            if reference {
                print(Settings.reference)
            } else {
                _ = try place.settings()
                print("The configuration is good.")
            }
        }
    }
}
