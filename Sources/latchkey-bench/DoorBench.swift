import Foundation
import Glibc
import LatchkeyCore

/// Sign-ins through the Dovecot door on a Unix socket, beside a Dovecot auth service measured in the same run.
struct DoorBench {
    let seed: Seed
    let requests: Int

    private static let shapes: [(connections: Int, inFlight: Int)] = [(1, 1), (8, 1), (64, 1), (8, 16)]

    func run() throws {
        print(
            """

            | who | connections × in flight | sign-ins/s | server CPU µs | p50 µs | p99 µs | resident MiB |
            |---|---|---|---|---|---|---|
            """)
        for durability in ["relaxed", "strict"] { try measureLatchkey(durability) }
        for cached in [false, true] {
            guard let peer = try DovecotPeer.start(in: seed.directory, accounts: seed.accounts, cached: cached) else {
                print("# Dovecot is not installed: apt-get install dovecot-core")
                return
            }
            defer { peer.stop() }
            let responses = Seed.responses(50_000, accounts: seed.accounts, places: 1)
            // Its auth process starts with the first question.
            _ = try LoadGenerator(
                socket: peer.socket, connections: 1, inFlight: 1, requests: 100, responses: responses
            ).run()
            for shape in Self.shapes {
                try measure(cached ? "Dovecot, auth cache" : "Dovecot", peer.socket, shape, responses) {
                    peer.processes
                }
            }
        }
    }

    private func measureLatchkey(_ durability: String) throws {
        let socket = seed.directory.appending(path: "door-\(durability)").path
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = ["door", "--data", seed.directory.path, "--socket", socket, "--durability", durability]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        defer {
            try? input.fileHandleForWriting.close()  // ends it; it is gone already if this fails
            process.waitUntilExit()
        }
        guard let word = try output.fileHandleForReading.read(upToCount: 6), !word.isEmpty else {
            throw LoadError("the door did not start", 0)
        }
        let responses = Seed.responses(50_000, accounts: seed.accounts, places: seed.perAccount)
        for shape in Self.shapes {
            try measure("Latchkey, \(durability)", socket, shape, responses) { [process.processIdentifier] }
        }
    }

    private func measure(
        _ who: String, _ socket: String, _ shape: (connections: Int, inFlight: Int), _ responses: [[UInt8]],
        processes: () -> [pid_t]
    ) throws {
        // One at a time on a strict journal is one commit each: fewer do.
        let count = who.hasSuffix("strict") ? max(400, requests * shape.connections * shape.inFlight / 2_048) : requests
        let load = LoadGenerator(
            socket: socket, connections: shape.connections, inFlight: shape.inFlight, requests: count,
            responses: responses)
        let before = ProcessorTime.of(processes())
        let outcome = try load.run()
        let spent = ProcessorTime.of(processes()) - before
        guard outcome.refused == 0 else { throw WrongAnswers(count: outcome.refused) }
        let rate = Double(count) / (Double(outcome.elapsed.microseconds) / 1_000_000)
        let figures = [spent / Double(count), outcome.percentile(0.5), outcome.percentile(0.99)]
            .map { String(format: "%.1f", $0) }
        let memory = processes().map { Int(ProcessorTime.residentMemory(of: $0)) }.max() ?? 0
        print(
            "| \(who) | \(shape.connections) × \(shape.inFlight) | \(Int(rate)) | \(figures.joined(separator: " | ")) | \(memory) |"
        )
    }
}
