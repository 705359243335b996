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
    enum Part: String, CaseIterable, ExpressibleByArgument { case verifier, door }

    @Option(help: "Accounts in the database.") var accounts = 100_000
    @Option(help: "App passwords of each.") var perAccount = 3
    @Option(help: "Sign-ins per measurement.") var count = 200_000
    @Option(help: "Only this part: verifier or door.") var only: Part?

    func run() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "latchkey-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // A leftover in the temporary directory harms nobody.
        defer { try? FileManager.default.removeItem(at: directory) }

        let seed = Seed(directory: directory, accounts: accounts, perAccount: perAccount)
        try await seed.fill { print("# \($0)") }
        if only != .door { try await measureVerifier(seed) }
        if only != .verifier { try DoorBench(seed: seed, requests: count).run() }
    }

    private func measureVerifier(_ seed: Seed) async throws {
        let bench = VerifierBench(database: try await seed.open(), accounts: accounts, perAccount: perAccount)
        print("| verifier alone | verdicts/s | CPU µs per verdict |\n|---|---|---|")
        for batch in [1, 8, 64] {
            show(
                try await bench.measure(
                    "no journal, \(batch) together", batch: batch, count: count, journal: NoJournal()))
        }
        for durability in GroupCommitJournal.Durability.allCases {
            let journal = GroupCommitJournal(
                try await seed.open(), durability: durability, broadcast: SignInBroadcast()
            ) { print("# journal: \($0)") }
            let writing = Task { await journal.run() }
            show(
                try await bench.measure(
                    "\(durability.rawValue), 512 together", batch: 512, count: count, journal: journal))
            let before = ProcessorTime.ofThisProcess()
            writing.cancel()
            await writing.value
            try await journal.digest()
            let spent = (ProcessorTime.ofThisProcess() - before) / Double(count)
            print("# the rest and the digest: \(String(format: "%.2f", spent)) µs a sign-in")
        }
    }

    private func show(_ figure: VerifierBench.Figure) {
        print("| \(figure.name) | \(Int(figure.perSecond)) | \(String(format: "%.2f", figure.processorMicroseconds)) |")
    }
}
