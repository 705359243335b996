import ArgumentParser
import Foundation
import LatchkeyCore
import Settings

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Look at everything that has to be right, try every door with a temporary app password, and say what to do."
    )

    @OptionGroup var place: Place
    @OptionGroup var output: OutputForm

    private struct View: Encodable {
        let healthy: Bool
        let findings: [Finding]
    }

    func run() async throws {
        try await reporting {
            let findings = await examine()
            let isHealthy = !findings.contains { $0.state == .bad }
            try output.print(
                View(healthy: isHealthy, findings: findings), text: findings.map(\.lines).joined(separator: "\n"))
            if !isHealthy { throw ExitCode(1) }
        }
    }

    /// What comes first is needed by what comes after it.
    private func examine() async -> [Finding] {
        var findings: [Finding] = []
        let settings: Settings
        do throws(CommandFailure) {
            settings = try place.settings()
            findings.append(.good("configuration", place.configurationFile ?? "no file; defaults and variables"))
        } catch {
            return error.text.split(separator: "\n").map {
                .bad("configuration", "it cannot be used", fix: String($0))
            }
        }
        if let data = settings.data {
            findings += FileChecks(directory: URL(filePath: data), settings: settings).run()
            findings.append(PortalCheck(url: settings.portal.url).run())
        }
        findings += CertificateCheck(settings: settings.tls, now: currentTime()).run()
        do throws(CommandFailure) {
            let house = try await Installation(settings, patience: 5)
            findings += await DatabaseChecks(house: house).run()
            findings += await ClockCheck(house: house, now: currentTime()).run()
            findings += await DoorChecks(house: house).run()
            findings += await MailCheck(house: house).run()
            findings += await SingleSignOnCheck(house: house).run()
        } catch {
            findings.append(.bad("data", "it cannot be opened", fix: error.text))
        }
        return findings + (await PeerChecks(settings: settings.doors).run())
    }
}
