import Accounts
import ArgumentParser
import Foundation
import Keyring
import LatchkeyCore
import Settings
import Storage

struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "People and service mailboxes that own app passwords.",
        subcommands: [
            Add.self, List.self, Show.self, Disable.self, Enable.self, Delete.self, SetupLink.self, Alias.self,
            RoleCommand.self,
        ])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an account. Without a password, prints a one-time link to choose one.")

        @Argument(help: "The login name, for example alice@example.com.") var login: String
        @Option(help: "The full name.") var name = ""
        @Option(help: "A role: admin or helpdesk. May be given several times.") var role: [String] = []
        @Flag(help: "Read the portal password from standard input.") var passwordStdin = false
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let login = try AccountCommand.loginName(login, house)
                let roles = try role.map { try AccountCommand.role($0) }
                let password = passwordStdin ? try readSecretFromStandardInput() : nil
                var rng = SystemRandomNumberGenerator()
                let account = Account(
                    id: AccountID(at: currentTime(), using: &rng), login: login, name: name, roles: Set(roles),
                    created: currentTime())
                if let password { try PortalCredentials.check(password, for: account) }
                try await house.accounts.insert(account, event: AccountCommand.event(.accountCreated, account))
                var link: String?
                if let password {
                    try await house.portal.credentials.setPassword(password, for: account, actor: commandLineActor)
                } else {
                    link = try await AccountCommand.setupLink(for: account, house)
                }
                try output.print(
                    AccountView(account, setupLink: link),
                    text: link.map { "Made \(login). They set it up at \($0) (works once, for 24 hours)" }
                        ?? "Made \(login).")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the accounts.")

        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                var all: [Account] = []
                repeat {
                    let page = try await house.accounts.accounts(after: all.last?.login, limit: 1_000)
                    if page.isEmpty { break }
                    all += page
                } while true
                try output.print(
                    all.map { AccountView($0) },
                    text: table(
                        ["LOGIN", "NAME", "ROLES", "STATE"],
                        all.map {
                            [
                                $0.login.text, $0.name, $0.roles.map(\.rawValue).joined(separator: ","),
                                $0.isDisabled ? "disabled" : "active",
                            ]
                        }))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show an account with its groups and app passwords.")

        @Argument var login: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let account = try await house.account(login)
                let now = currentTime()
                let appPasswords = try await house.appPasswords.appPasswords(
                    of: account.id, includingEnded: false, at: now)
                let groups = try await house.groups.groups(of: account.id).map(\.name.text)
                var view = AccountView(account)
                view.groups = groups
                view.appPasswords = appPasswords.map { AppPasswordView($0, account: account, at: now) }
                try output.print(
                    view,
                    text: """
                        \(account.login)  \(account.name)\(account.isDisabled ? "  (disabled)" : "")
                        aliases: \(account.aliases.isEmpty ? "none" : account.aliases.map(\.text).joined(separator: ", "))
                        groups: \(groups.isEmpty ? "none" : groups.joined(separator: ", "))
                        \(AppPasswordCommand.listing(appPasswords, at: now))
                        """)
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop every app password and portal session of an account at once.")

        @Argument var login: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await AccountCommand.change(login, place, output, .accountDisabled) { $0.disabled = currentTime() }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a disabled account work again.")

        @Argument var login: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await AccountCommand.change(login, place, output, .accountEnabled) { $0.disabled = nil }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove an account and its app passwords. Its audit events stay.")

        @Argument var login: String
        @Flag(help: "Do it: there is no way back.") var yes = false
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let account = try await house.account(login)
                guard yes else {
                    throw CommandFailure(
                        text: "deleting \(account.login) cannot be undone: add --yes, or use latchkey account disable")
                }
                try await house.accounts.delete(account.id, event: AccountCommand.event(.accountDeleted, account))
                try output.print(AccountView(account), text: "Deleted \(account.login).")
            }
        }
    }

    struct SetupLink: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A one-time link with which a person chooses a new portal password and second factor.")

        @Argument var login: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let account = try await house.account(login)
                let link = try await AccountCommand.setupLink(for: account, house)
                try output.print(AccountView(account, setupLink: link), text: "\(link)\n(works once, for 24 hours)")
            }
        }
    }

    struct Alias: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "alias", abstract: "Other names that sign in to an account.",
            subcommands: [AddAlias.self, RemoveAlias.self])
    }

    struct AddAlias: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Add an alias.")

        @Argument var login: String
        @Argument var alias: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                var account = try await house.account(login)
                let name = try AccountCommand.loginName(alias, house)
                guard name != account.login, !account.aliases.contains(name) else {
                    return try output.print(AccountView(account), text: "\(name) signs in to \(account.login) already.")
                }
                account.aliases.append(name)
                try await house.accounts.update(
                    account, event: AccountCommand.event(.accountChanged, account, detail: "alias \(name) added"))
                try output.print(AccountView(account), text: "\(name) now signs in to \(account.login).")
            }
        }
    }

    struct RemoveAlias: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove an alias.")

        @Argument var login: String
        @Argument var alias: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                var account = try await house.account(login)
                let name = try AccountCommand.loginName(alias, house)
                guard account.aliases.contains(name) else {
                    throw CommandFailure(
                        text: "\(account.login) has no alias \(name): see latchkey account show \(account.login)")
                }
                account.aliases.removeAll { $0 == name }
                try await house.accounts.update(
                    account, event: AccountCommand.event(.accountChanged, account, detail: "alias \(name) removed"))
                try output.print(AccountView(account), text: "\(name) no longer signs in to \(account.login).")
            }
        }
    }

    struct RoleCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "role", abstract: "What an account may do beside its own: admin, helpdesk.",
            subcommands: [AddRole.self, RemoveRole.self])
    }

    struct AddRole: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Give an account a role. Set-up links made for it before are dead then.")

        @Argument var login: String
        @Argument(help: "admin or helpdesk") var role: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await AccountCommand.change(login, place, output, role, "added") { $0.insert($1) }
        }
    }

    struct RemoveRole: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Take a role from an account, at once.")

        @Argument var login: String
        @Argument(help: "admin or helpdesk") var role: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await AccountCommand.change(login, place, output, role, "removed") { $0.remove($1) }
        }
    }

    // MARK: What they share

    static func role(_ text: String) throws -> Account.Role {
        guard let role = Account.Role(rawValue: text) else {
            throw CommandFailure(text: "“\(text)” is no role: choose admin or helpdesk")
        }
        return role
    }

    private static func change(
        _ login: String, _ place: Place, _ output: OutputForm, _ role: String, _ what: String,
        _ edit: @Sendable (inout Set<Account.Role>, Account.Role) -> Void
    ) async throws {
        try await reporting {
            let house = try await place.installation()
            var account = try await house.account(login)
            let role = try Self.role(role)
            let before = account.roles
            edit(&account.roles, role)
            if account.roles != before {
                try await house.accounts.update(
                    account, event: event(.accountChanged, account, detail: "role \(role.rawValue) \(what)"))
            }
            let roles = account.roles.map(\.rawValue).sorted().joined(separator: ", ")
            try output.print(
                AccountView(account), text: "\(account.login) has \(roles.isEmpty ? "no role" : "the role \(roles)").")
        }
    }

    static func event(_ action: AuditEvent.Action, _ account: Account, detail: String? = nil) -> AuditEvent {
        AuditEvent(
            time: currentTime(), action: action, actor: commandLineActor, account: account.id,
            detail: detail ?? account.login.text)
    }

    static func loginName(_ text: String, _ house: Installation) throws -> LoginName {
        guard let login = LoginName(text)?.qualified(with: house.settings.domain) else {
            throw CommandFailure(text: "“\(text)” is no login name: write it like alice@example.com")
        }
        return login
    }

    static func setupLink(for account: Account, _ house: Installation) async throws -> String {
        let token = try await house.portal.setupLinks.issue(for: account.id, actor: commandLineActor)
        return house.setupURL(token)
    }

    private static func change(
        _ login: String, _ place: Place, _ output: OutputForm, _ action: AuditEvent.Action,
        _ edit: (inout Account) -> Void
    ) async throws {
        try await reporting {
            let house = try await place.installation()
            var account = try await house.account(login)
            edit(&account)
            try await house.accounts.update(account, event: event(action, account))
            try output.print(
                AccountView(account), text: "\(account.login) is \(account.isDisabled ? "disabled" : "active").")
        }
    }
}

/// An account as `--json` prints it.
struct AccountView: Encodable {
    let id: String
    let login: String
    let name: String
    let aliases: [String]
    let roles: [String]
    let created: String
    let disabled: String?
    let setupLink: String?
    var groups: [String]?
    var appPasswords: [AppPasswordView]?

    enum CodingKeys: String, CodingKey {
        case id, login, name, aliases, roles, created, disabled, groups
        case setupLink = "setup_link"
        case appPasswords = "app_passwords"
    }

    init(_ account: Account, setupLink: String? = nil) {
        id = account.id.description
        login = account.login.text
        name = account.name
        aliases = account.aliases.map(\.text)
        roles = account.roles.map(\.rawValue).sorted()
        created = account.created.description
        disabled = account.disabled?.description
        self.setupLink = setupLink
    }
}
