import Keyring
import LatchkeyCore
import Settings
import Storage

/// Every open door, tried with an app password that is made for it and taken away again.
struct DoorChecks {
    let house: Installation

    /// Longer than all trials take; what a crash leaves behind is worth nothing after it.
    private static let lifetime = Duration.seconds(120)

    func run() async -> [Finding] {
        let trials = DoorTrial.all(house.settings)
        guard !trials.isEmpty else {
            return [
                .warning(
                    "doors", "no door is open: nobody can ask",
                    fix: "Give one an address, for example doors.dovecot.listen: [unix:/run/latchkey/auth]")
            ]
        }
        do {
            let account = try await makeAccount()
            let findings: [Finding]
            do { findings = try await run(trials, account) } catch {
                try await remove(account)
                throw error
            }
            try await remove(account)
            return findings
        } catch {
            return [
                .bad(
                    "doors", "they cannot be tried: \(error)",
                    fix: "Do what the text says: an app password cannot be made at all.")
            ]
        }
    }

    private func run(_ trials: [DoorTrial], _ account: Account) async throws -> [Finding] {
        var rng = SystemRandomNumberGenerator()
        let services = Set([DoorTrial.service] + trials.compactMap(\.service?.name)).sorted()
        let request = AppPasswordIssuer.Request(
            name: "Trial of the doors", application: "script", services: services, lifetime: Self.lifetime,
            format: .standard)
        let issued = try await house.issuer.create(
            request, for: account.id, actor: commandLineActor, at: currentTime(), using: &rng)
        let other = AppPasswordSecret.generate(.standard, using: &rng)
        guard let right = issued.secret.display.reveal(), let wrong = other.display.reveal() else { return [] }
        return await withTaskGroup { group in
            for (place, trial) in trials.enumerated() {
                group.addTask { (place, await trial.run(account.login.text, right: right, wrong: wrong)) }
            }
            var findings: [(Int, Finding)] = []
            for await finding in group { findings.append(finding) }
            return findings.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func makeAccount() async throws -> Account {
        var rng = SystemRandomNumberGenerator()
        let id = AccountID(at: currentTime(), using: &rng)
        let name = "\(LoginName.trialPrefix)\(String(id.description.suffix(12)))"
        guard let login = LoginName(name)?.qualified(with: house.settings.domain) else {
            throw CommandFailure(text: "“\(name)” is no login name in the domain")
        }
        let account = Account(id: id, login: login, name: "Trial of the doors", created: currentTime())
        try await house.accounts.insert(account, event: AccountCommand.event(.accountCreated, account))
        return account
    }

    private func remove(_ account: Account) async throws {
        try await house.accounts.delete(account.id, event: AccountCommand.event(.accountDeleted, account))
    }
}
