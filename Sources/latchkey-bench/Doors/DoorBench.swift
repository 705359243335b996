import Foundation
import LatchkeyCore
import Storage

/// Sign-ins through one door, beside the peers that do the same, measured in the same run.
struct DoorBench {
    let door: MeasuredDoor
    let seed: Seed
    let requests: Int

    /// Credentials that are sent in turn.
    private static let ring = 50_000

    func run() throws {
        Report.heading(door.title)
        var table = Table(
            "who", "accounts", "connections × in flight", "sign-ins/s", "server CPU µs", "p50 µs", "p99 µs",
            "resident MiB")
        for durability in door.durabilities { try measureOurs(durability, &table) }
        for (place, peer) in door.peers(accounts: seed.accounts).enumerated() {
            guard peer.isInstalled else {
                table.note("\(peer.name) is not installed: apt-get install \(type(of: peer).package)")
                continue
            }
            try measure(peer, in: seed.directory.appending(path: "\(door.rawValue)-\(place)"), &table)
        }
        table.end()
    }

    private func measureOurs(_ durability: GroupCommitJournal.Durability, _ table: inout Table) throws {
        let endpoint = try door.endpoint(named: "\(door.rawValue)-\(durability.rawValue)", in: seed)
        let server = try DoorServer.start(door, seed, at: endpoint, durability)
        defer { server.stop() }
        let subject = Subject(
            name: "Latchkey, \(durability.rawValue)", accounts: seed.accounts, places: seed.perAccount, server: server,
            endpoint: endpoint)
        // One at a time on a strict journal is one commit each: fewer do.
        try measure(subject, &table) { shape in
            durability == .strict ? max(400, requests * shape.atOnce / 2_048) : requests
        }
    }

    private func measure(_ peer: any PeerServer, in home: URL, _ table: inout Table) throws {
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        let (server, endpoint): (ServerProcess, Endpoint)
        do {
            (server, endpoint) = try peer.start(in: home)
        } catch {
            table.note("\(peer.name) could not be set up: \(error)")
            return
        }
        defer { server.stop() }
        let subject = Subject(name: peer.name, accounts: peer.accounts, places: 1, server: server, endpoint: endpoint)
        try measure(subject, &table) { _ in requests }
    }

    /// Who is measured.
    private struct Subject {
        let name: String
        let accounts: Int
        /// Passwords of each account.
        let places: Int
        let server: ServerProcess
        let endpoint: Endpoint
    }

    private func measure(_ subject: Subject, _ table: inout Table, count: (Shape) -> Int) throws {
        let dialogue = door.dialogue(Seed.credentials(Self.ring, accounts: subject.accounts, places: subject.places))
        try subject.server.firstAnswer(dialogue, at: subject.endpoint)
        try mustRefuse(subject)
        for shape in door.shapes {
            let count = door.count(of: count(shape))
            let load = LoadGenerator(
                dialogue: dialogue, endpoint: subject.endpoint, connections: shape.connections,
                inFlight: shape.inFlight, requests: count)
            let processes = subject.server.all
            let before = ProcessorTime.of(processes)
            let outcome = try load.run()
            let spent = ProcessorTime.of(processes) - before
            guard outcome.refused == 0 else { throw WrongAnswers(who: subject.name, count: outcome.refused) }
            table.row(
                subject.name, "\(subject.accounts)", "\(shape.connections) × \(shape.inFlight)",
                "\(Int(outcome.perSecond))", (spent / Double(count)).tenths, outcome.percentile(0.5).tenths,
                outcome.percentile(0.99).tenths, "\(Int(processes.map(ProcessorTime.residentMemory).max() ?? 0))")
        }
    }

    /// Whoever accepts everything is fast.
    private func mustRefuse(_ subject: Subject) throws {
        // Well-formed, and nobody's.
        let wrong = Credentials(login: Seed.login(0), secret: Seed.shown(0, 99))
        let outcome = try LoadGenerator(
            dialogue: door.dialogue([wrong]), endpoint: subject.endpoint, connections: 1, inFlight: 1, requests: 1
        ).run()
        guard outcome.refused == 1 else { throw LoadError("\(subject.name) accepts a wrong password") }
    }
}
