import Accounts
import ArgumentParser
import Foundation
import Keyring
import LatchkeyCore
import Settings
import Storage

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The tamper-evident log.", subcommands: [List.self, Verify.self, Export.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The latest events, newest first.")

        @Option(help: "Only of this account: a login name or alias.") var account: String?
        @Option(help: "Only of this kind: sign-in, app-password.created …") var action: String?
        @Option(help: "How many.") var limit = 50
        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        func validate() throws {
            guard (1...10_000).contains(limit) else { throw ValidationError("--limit takes 1 to 10000.") }
            if let action, AuditEvent.Action(rawValue: action) == nil {
                let known = AuditEvent.Action.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("“\(action)” is no action: choose one of \(known).")
            }
        }

        func run() async throws {
            try await reporting {
                let house = try await place.installation()
                var filter = AuditFilter(action: action.flatMap { AuditEvent.Action(rawValue: $0) })
                if let account { filter.account = try await house.account(account).id }
                let entries = try await house.audit.entries(matching: filter, limit: limit)
                try output.print(
                    entries.map(AuditEntryView.init),
                    text: table(
                        ["TIME", "ACTION", "WHO", "OUTCOME", "SERVICE", "FROM", "DETAIL"],
                        entries.map(\.event).map { event in
                            [
                                event.time.description, event.action.rawValue, event.actor.description,
                                event.refusal?.rawValue ?? "ok", event.service?.name ?? "",
                                event.address?.description ?? "",
                                event.detail ?? "",
                            ]
                        }))
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Walk the whole chain. Exit code 1 if an event was changed, removed or put in.")

        @OptionGroup var place: Place
        @OptionGroup var output: OutputForm

        private struct View: Encodable {
            let intact: Bool
            let events: Int64?
            let head: String?
            let brokenAt: Int64?

            enum CodingKeys: String, CodingKey {
                case intact, events, head
                case brokenAt = "broken_at"
            }
        }

        func run() async throws {
            try await reporting {
                switch try await place.installation().audit.verify() {
                case .intact(let count, let head):
                    try output.print(
                        View(intact: true, events: count, head: Hex.encode(head), brokenAt: nil),
                        text: "\(count) events, intact. Head: \(Hex.encode(head))")
                case .broken(let place):
                    try output.print(
                        View(intact: false, events: nil, head: nil, brokenAt: place),
                        text: "Broken at event \(place): it, or the one before it, is not what was written.")
                    throw ExitCode(1)
                }
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Every event in order, one JSON object a line.")

        @Option(help: "Only events after this number.") var after: Int64 = 0
        @OptionGroup var place: Place

        func run() async throws {
            try await reporting {
                try await place.installation().audit.export(after: after) { entries in
                    let lines = try entries.map { try OutputForm.encode(AuditEntryView($0)) + "\n" }
                    try FileHandle.standardOutput.write(contentsOf: Data(lines.joined().utf8))
                }
            }
        }
    }
}

/// An audit event as `--json` and the export print it.
private struct AuditEntryView: Encodable {
    let sequence: Int64
    let time: String
    let action: String
    let actor: String
    let account: String?
    let appPassword: String?
    let outcome: String
    let service: String?
    let door: String?
    let address: String?
    let client: String?
    let detail: String?
    let hash: String

    enum CodingKeys: String, CodingKey {
        case sequence, time, action, actor, account, outcome, service, door, address, client, detail, hash
        case appPassword = "app_password"
    }

    init(_ entry: AuditEntry) {
        let event = entry.event
        sequence = entry.sequence
        time = event.time.description
        action = event.action.rawValue
        actor = event.actor.description
        account = event.account?.description
        appPassword = event.appPassword?.description
        outcome = event.refusal?.rawValue ?? "ok"
        service = event.service?.name
        door = event.door?.rawValue
        address = event.address?.description
        client = event.client
        detail = event.detail
        hash = Hex.encode(entry.hash)
    }
}
