import ArgumentParser
import LatchkeyCore
import Storage

struct GroupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group", abstract: "People who belong together, as servers are told with a sign-in.",
        subcommands: [
            Add.self, List.self, Show.self, Describe.self, Delete.self, AddMember.self, RemoveMember.self,
        ])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a group.")

        @Argument(help: "Its name, for example wiki-editors.") var name: String
        @Option(help: "What it is for, in words.") var description = ""
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                var rng = SystemRandomNumberGenerator()
                let group = Group(
                    id: GroupID(at: currentTime(), using: &rng), name: try GroupCommand.name(name),
                    description: GroupCommand.cut(description), created: currentTime())
                try await house.groups.insert(group, event: GroupCommand.event(.groupCreated, group))
                try output.print(GroupView(group, members: []), text: "Made \(group.name).")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the groups.")

        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                var all: [DirectoryGroup] = []
                repeat {
                    let page = try await house.people.groups(after: all.last?.group.name, limit: 1_000)
                    if page.isEmpty { break }
                    all += page
                } while true
                try output.print(
                    all.map { GroupView($0.group, members: $0.members) },
                    text: table(
                        ["NAME", "MEMBERS", "DESCRIPTION"],
                        all.map { [$0.group.name.text, String($0.members.count), $0.group.description] }))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a group with its members.")

        @Argument var name: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let group = try await house.group(name)
                let members = try await house.groups.members(of: group.id)
                try output.print(
                    GroupView(group, members: members),
                    text: (["\(group.name)  \(group.description)"]
                        + (members.isEmpty ? ["No members."] : members.map(\.text))).joined(separator: "\n"))
            }
        }
    }

    struct Describe: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say anew what a group is for.")

        @Argument var name: String
        @Argument(help: "What it is for, in words.") var description: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                var group = try await house.group(name)
                group.description = GroupCommand.cut(description)
                try await house.groups.update(
                    group,
                    event: GroupCommand.event(.groupChanged, group, detail: "\(group.name): \(group.description)"))
                try output.print(
                    GroupView(group, members: try await house.groups.members(of: group.id)),
                    text: "\(group.name) is described anew.")
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a group. Its members stay.")

        @Argument var name: String
        @Flag(help: "Do it: there is no way back.") var yes = false
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let group = try await house.group(name)
                let members = try await house.groups.members(of: group.id)
                guard yes else {
                    throw CommandFailure(
                        text: "deleting \(group.name), which has \(members.count) members, cannot be undone: add --yes")
                }
                try await house.groups.delete(group.id, event: GroupCommand.event(.groupDeleted, group))
                try output.print(GroupView(group, members: members), text: "Deleted \(group.name).")
            }
        }
    }

    struct AddMember: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let an account belong to a group.")

        @Argument var name: String
        @Argument(help: "A login name or alias.") var login: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let group = try await house.group(name)
                let account = try await house.account(login)
                let isNew = try await house.groups.add(
                    account.id, to: group.id, event: GroupCommand.event(.groupMemberAdded, group, account))
                try output.print(
                    GroupView(group, members: try await house.groups.members(of: group.id)),
                    text: "\(account.login) \(isNew ? "now belongs" : "belongs already") to \(group.name).")
            }
        }
    }

    struct RemoveMember: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let an account no longer belong to a group.")

        @Argument var name: String
        @Argument(help: "A login name or alias.") var login: String
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                let group = try await house.group(name)
                let account = try await house.account(login)
                guard
                    try await house.groups.remove(
                        account.id, from: group.id, event: GroupCommand.event(.groupMemberRemoved, group, account))
                else {
                    throw CommandFailure(
                        text: "\(account.login) does not belong to \(group.name): see latchkey group show \(group.name)"
                    )
                }
                try output.print(
                    GroupView(group, members: try await house.groups.members(of: group.id)),
                    text: "\(account.login) no longer belongs to \(group.name).")
            }
        }
    }

    // MARK: What they share

    static func name(_ text: String) throws(CommandFailure) -> GroupName {
        guard let name = GroupName(text) else {
            throw CommandFailure(
                text:
                    "“\(text)” is no group name: it has 1 to \(GroupName.maximumLength) of a-z 0-9 . _ - and begins with a letter or digit"
            )
        }
        return name
    }

    private static func cut(_ description: String) -> String {
        Attempt.printable(description, limit: Group.maximumDescriptionLength) ?? ""
    }

    private static func event(
        _ action: AuditEvent.Action, _ group: Group, _ account: Account? = nil, detail: String? = nil
    ) -> AuditEvent {
        AuditEvent(
            time: currentTime(), action: action, actor: commandLineActor, account: account?.id,
            detail: detail ?? group.name.text)
    }
}

extension Installation {
    func group(_ name: String) async throws -> Group {
        let name = try GroupCommand.name(name)
        guard let group = try await groups.group(named: name) else {
            throw CommandFailure(text: "there is no group \(name): see latchkey group list")
        }
        return group
    }
}

/// A group as `--json` prints it.
private struct GroupView: Encodable {
    let id: String
    let name: String
    let description: String
    let created: String
    let members: [String]

    init(_ group: Group, members: [LoginName]) {
        id = group.id.description
        name = group.name.text
        description = group.description
        created = group.created.description
        self.members = members.map(\.text)
    }
}
