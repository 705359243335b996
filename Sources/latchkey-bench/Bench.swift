import ArgumentParser
import Foundation
import LatchkeyCore
import Storage

/// Measures what a sign-in costs. Figures, never a pass or fail: see docs/benchmarks.md.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "latchkey-bench")

    @Option(help: "Accounts in the database.") var accounts = 100_000
    @Option(help: "App passwords of each.") var perAccount = 3
    @Option(help: "Sign-ins per measurement of the verifier.") var count = 200_000

    mutating func run() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "latchkey-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }  // a leftover in the temporary directory harms nobody

        let seed = Seed(directory: directory, accounts: accounts, perAccount: perAccount)
        try await seed.fill { print("# \($0)") }
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
            let batch = durability == .strict ? 512 : 64
            let running = Task { await journal.run() }
            show(
                try await bench.measure(
                    "\(durability.rawValue), \(batch) together", batch: batch, count: count, journal: journal))
            let processor = ProcessorTime.ofThisProcess()
            running.cancel()
            await running.value
            try await journal.digest()
            print(
                "# writing the rest and digesting: \((ProcessorTime.ofThisProcess() - processor) / Double(count)) µs a sign-in"
            )
        }
    }

    private func show(_ figure: VerifierBench.Figure) {
        print("| \(figure.name) | \(Int(figure.perSecond)) | \(String(format: "%.2f", figure.processorMicroseconds)) |")
    }
}
