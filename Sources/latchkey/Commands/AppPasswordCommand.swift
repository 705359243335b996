import Accounts
import ArgumentParser
import Foundation
import Keyring
import LatchkeyCore
import Settings
import Storage

struct AppPasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app-password", abstract: "Secrets for one application each.",
        subcommands: [Create.self, List.self, Show.self, Rotate.self, Approve.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make an app password and print it, this once.")

        @Option(help: "Whose it is: a login name or alias.") var account: String
        @Option(help: "What it is for, in words: “Thunderbird on the laptop”.") var name: String
        @Option(help: "The kind of application: \(Application.catalogue.map(\.id).joined(separator: ", ")).")
        var application: String
        @Option(help: "A service it may be used for: imap, smtp … May be given several times.") var service: [String] =
            []
        @Option(help: "When it stops working: 90d, 12h, 1y. Without it, never.") var expires: Span?
        @Option(help: "A network it may be used from, such as 192.0.2.0/24. May be given several times.")
        var network: [String] = []
        @Option(help: "standard, compact or token. Without it, what suits the application.") var format: String?
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let owner = try await house.account(account)
                let kind = Application.named(application)
                let request = AppPasswordIssuer.Request(
                    name: name, application: application,
                    services: service.isEmpty ? kind?.services.map(\.name) ?? [] : service, networks: network,
                    lifetime: expires?.duration, format: try chosenFormat(for: kind))
                var rng = SystemRandomNumberGenerator()
                let issued = try await house.issuer.create(
                    request, for: owner.id, actor: commandLineActor, at: currentTime(), using: &rng)
                try AppPasswordCommand.show(issued, of: owner, output)
            }
        }

        private func chosenFormat(for application: Application?) throws -> SecretFormat {
            guard let format else { return application?.format ?? .standard }
            guard let chosen = SecretFormat(rawValue: format) else {
                throw CommandFailure(text: "“\(format)” is no format: choose standard, compact or token")
            }
            return chosen
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the app passwords of an account.")

        @Option(help: "A login name or alias.") var account: String
        @Flag(help: "Those that no longer work, too.") var all = false
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let owner = try await house.account(account)
                let now = currentTime()
                let found = try await house.appPasswords.appPasswords(of: owner.id, includingEnded: all, at: now)
                try output.print(
                    found.map { AppPasswordView($0, account: owner, at: now) },
                    text: AppPasswordCommand.listing(found, at: now))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show an app password: everything but its secret.")

        @Argument var id: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let found = try await house.appPassword(id)
                let owner = try await house.accounts.account(found.account)
                let now = currentTime()
                try output.print(
                    AppPasswordView(found, account: owner, at: now), text: AppPasswordCommand.listing([found], at: now))
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "A new secret for the same application. The old one works until the new one is used, or for 7 days.")

        @Argument var id: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let old = try await house.appPassword(id)
                var rng = SystemRandomNumberGenerator()
                guard
                    let issued = try await house.issuer.rotate(
                        old, actor: commandLineActor, at: currentTime(), using: &rng)
                else { throw CommandFailure(text: "\(id) has ended or is being rotated already: create a new one") }
                guard let owner = try await house.accounts.account(old.account) else {
                    throw CommandFailure(text: "the account of \(id) was deleted meanwhile")
                }
                try AppPasswordCommand.show(issued, of: owner, output)
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Say yes, in the owner's place, to a network that it may be used from (sign-in.first-use-approval).")

        @Argument var id: String
        @Option(help: "The network: 192.0.2.0/24, 2001:db8:1::/48, or unknown. Without it, those that wait are listed.")
        var network: String?
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let found = try await house.appPassword(id)
                let now = currentTime()
                guard let network else {
                    let waiting = try await house.approvals.waiting(of: found.account, at: now)
                        .filter { $0.appPassword == found.id }
                    return try output.print(waiting.map { WaitingView($0) }, text: Self.listing(waiting))
                }
                guard let network = ClientNetwork(network) else {
                    throw CommandFailure(
                        text: "“\(network)” is no network: write an IPv4 /24, an IPv6 /48, or unknown")
                }
                let isNew = try await house.approvals.approve(network, of: found, actor: commandLineActor, at: now)
                try output.print(
                    AppPasswordView(found, account: try await house.accounts.account(found.account), at: now),
                    text: isNew
                        ? "“\(found.name)” may be used from \(network)."
                        : "“\(found.name)” could be used from \(network) already.")
            }
        }

        private static func listing(_ waiting: [WaitingNetwork]) -> String {
            guard !waiting.isEmpty else { return "No network waits." }
            return table(
                ["NETWORK", "SINCE", "ADDRESS", "SERVICE", "CLIENT"],
                waiting.map { waiting in
                    [
                        waiting.network.description, waiting.since.description,
                        waiting.address?.description ?? "unknown", waiting.service?.name ?? "", waiting.client ?? "",
                    ]
                })
        }

        /// A network that waits, as `--json` prints it.
        private struct WaitingView: Encodable {
            let network: String
            let since: String
            let address: String?
            let service: String?
            let client: String?

            init(_ waiting: WaitingNetwork) {
                network = waiting.network.description
                since = waiting.since.description
                address = waiting.address?.description
                service = waiting.service?.name
                client = waiting.client
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End an app password: its next sign-in is refused.")

        @Argument var id: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let found = try await house.appPassword(id)
                let ended = try await house.issuer.revoke(found, actor: commandLineActor, at: currentTime())
                let now = currentTime()
                let after = try await house.appPassword(id)
                try output.print(
                    AppPasswordView(after, account: try await house.accounts.account(found.account), at: now),
                    text: ended ? "Revoked “\(found.name)”." : "“\(found.name)” had ended already.")
            }
        }
    }

    // MARK: What they share

    static func listing(_ appPasswords: [AppPassword], at now: Timestamp) -> String {
        guard !appPasswords.isEmpty else { return "No app passwords." }
        return table(
            ["ID", "NAME", "WORKS WITH", "STATE", "EXPIRES", "LAST USED"],
            appPasswords.map { appPassword in
                [
                    appPassword.id.description, appPassword.name,
                    appPassword.services.sorted().map(\.name).joined(separator: ","),
                    appPassword.state(at: now).rawValue, appPassword.expires?.description ?? "never",
                    appPassword.lastUse.map { use in
                        "\(use.time) \(use.service)" + (use.address.map { " from \($0)" } ?? "")
                    } ?? "never",
                ]
            })
    }

    private static func show(_ issued: AppPasswordIssuer.Issued, of owner: Account, _ output: OutputForm) throws {
        guard let secret = issued.secret.display.reveal() else {
            throw CommandFailure(text: "the new app password cannot be shown: revoke it and create another")
        }
        var view = AppPasswordView(issued.appPassword, account: owner, at: issued.appPassword.created)
        view.secret = secret
        try output.print(
            view,
            text: """
                \(secret)

                User name: \(owner.login)
                For: \(issued.appPassword.name) (\(issued.appPassword.services.sorted().map(\.name).joined(separator: ", ")))
                It is not shown again. Its id is \(issued.appPassword.id).
                """)
    }
}

/// An app password as `--json` prints it. `secret` only where it has just been made.
struct AppPasswordView: Encodable {
    let id: String
    var secret: String?
    let account: String?
    let name: String
    let application: String
    let services: [String]
    let networks: [String]
    let format: String
    let created: String
    let expires: String?
    let state: String
    let ended: String?
    let replacedBy: String?
    let lastUse: LastUse?

    struct LastUse: Encodable {
        let time: String
        let service: String
        let address: String?
        let client: String?
    }

    enum CodingKeys: String, CodingKey {
        case id, secret, account, name, application, services, networks, format, created, expires, state, ended
        case replacedBy = "replaced_by"
        case lastUse = "last_use"
    }

    init(_ appPassword: AppPassword, account: Account?, at now: Timestamp) {
        id = appPassword.id.description
        self.account = account?.login.text
        name = appPassword.name
        application = appPassword.application
        services = appPassword.services.sorted().map(\.name)
        networks = appPassword.networks.map(\.description)
        format = appPassword.format.rawValue
        created = appPassword.created.description
        expires = appPassword.expires?.description
        state = appPassword.state(at: now).rawValue
        ended = appPassword.end?.time.description
        replacedBy = appPassword.successor?.description
        lastUse = appPassword.lastUse.map {
            LastUse(
                time: $0.time.description, service: $0.service.name, address: $0.address?.description, client: $0.client
            )
        }
    }

    /// `expires` is always there, null if it never does.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encodeIfPresent(secret, forKey: .secret)
        try container.encode(account, forKey: .account)
        try container.encode(name, forKey: .name)
        try container.encode(application, forKey: .application)
        try container.encode(services, forKey: .services)
        try container.encode(networks, forKey: .networks)
        try container.encode(format, forKey: .format)
        try container.encode(created, forKey: .created)
        try container.encode(expires, forKey: .expires)
        try container.encode(state, forKey: .state)
        try container.encodeIfPresent(ended, forKey: .ended)
        try container.encodeIfPresent(replacedBy, forKey: .replacedBy)
        try container.encode(lastUse, forKey: .lastUse)
    }
}
