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
                _ = try place.settings().doors.radius.clientTable()
                print(
                    place.configurationFile.map { "\($0) is good." }
                        ?? "There is no configuration file; the variables are good.")
            }
        }
    }
}
