import ArgumentParser
import Foundation
import LatchkeyCore
import Storage

/// Measures what a sign-in costs. Figures, never a pass or fail: see docs/benchmarks.md.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latchkey-bench", abstract: "Measures what a sign-in costs.",
        subcommands: [Measure.self, DoorServer.self],
        defaultSubcommand: Measure.self)
}

struct Measure: AsyncParsableCommand {
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case verifier, sizes, dovecot, ldap, http, radius, saslauthd
    }

    @Option(help: "Accounts in the database, and in the peers that keep many.") var accounts = 100_000
    @Option(help: "App passwords of each.") var perAccount = 3
    @Option(help: "Sign-ins per measurement.") var count = 100_000
    @Option(help: "Only this part.") var only: Part?
    @Flag(help: "Among the sizes also 10,000,000 app passwords: some minutes, some GiB.") var large = false

    func validate() throws {
        // The hundredth app password of an account is the one that nobody has.
        guard accounts > 0, (1...99).contains(perAccount), count > 0 else {
            throw ValidationError("--accounts and --count are at least 1, --per-account is 1 to 99")
        }
    }

    func run() async throws {
        // Short: the paths of sockets in it have 107 octets at most.
        let name = "latchkey-bench-\(ProcessInfo.processInfo.processIdentifier)"
        let directory = FileManager.default.temporaryDirectory.appending(path: name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // A leftover in the temporary directory harms nobody.
        defer { try? FileManager.default.removeItem(at: directory) }

        Report.preamble(accounts: accounts, perAccount: perAccount, requests: count)
        if only != .sizes { try await measure(in: directory.appending(path: "seed")) }
        if only ?? .sizes == .sizes {
            let sizes = [1_000, accounts * perAccount] + (large ? [10_000_000] : [])
            try await SizeBench(directory: directory, sizes: sizes, count: count).run()
        }
    }

    /// All that works on one database.
    private func measure(in directory: URL) async throws {
        let seed = Seed(directory: directory, accounts: accounts, perAccount: perAccount)
        try await seed.fill()
        if only ?? .verifier == .verifier {
            let database = try await seed.open()
            try await VerifierBench(database: database, accounts: accounts, perAccount: perAccount).run(count: count)
        }
        for door in MeasuredDoor.allCases where only == nil || only?.rawValue == door.rawValue {
            try DoorBench(door: door, seed: seed, requests: count).run()
        }
    }
}
