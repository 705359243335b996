import Foundation
import LatchkeyCore
import Storage

/// What grows with the number of app passwords, and what must not: the price of a verdict, the time to start, the memory at rest.
struct SizeBench {
    let directory: URL
    /// App passwords.
    let sizes: [Int]
    let count: Int

    private static let perAccount = 3

    func run() async throws {
        Report.heading("By the number of app passwords")
        let table = Table(
            "app passwords", "CPU µs per verdict, 64 together", "start to first answer, ms", "resident MiB then")
        for size in sizes {
            let seed = Seed(
                directory: directory.appending(path: "\(size)"), accounts: max(1, size / Self.perAccount),
                perAccount: Self.perAccount)
            try await seed.fill()
            let verifier = VerifierBench(
                database: try await seed.open(), accounts: seed.accounts, perAccount: seed.perAccount)
            let figure = try await verifier.measure(batch: 64, count: count, journal: NoJournal())
            let (time, memory) = try start(seed)
            table.row(
                "\(seed.accounts * seed.perAccount)", figure.processorMicroseconds.hundredths,
                "\(time.microseconds / 1_000)", memory.tenths)
            try FileManager.default.removeItem(at: seed.directory)
        }
        table.end()
    }

    /// From the start of the process to the first sign-in that it accepts.
    private func start(_ seed: Seed) throws -> (Duration, mebibytes: Double) {
        let door = MeasuredDoor.dovecot
        let endpoint = try door.endpoint(named: "door", in: seed)
        let dialogue = door.dialogue(Seed.credentials(1, accounts: seed.accounts, places: seed.perAccount))
        let begun = ContinuousClock.now
        let server = try DoorServer.start(door, seed, at: endpoint, .relaxed)
        defer { server.stop() }
        try server.firstAnswer(dialogue, at: endpoint)
        return (ContinuousClock.now - begun, ProcessorTime.residentMemory(of: server.main))
    }
}
