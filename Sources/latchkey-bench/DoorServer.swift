import ArgumentParser
import DoorKit
import DovecotDoor
import Foundation
import LatchkeyCore
import Logging
import NIOCore
import NIOPosix
import Storage

/// The door as a process of its own, so that its processor time is its own. Started by the bench, ended by closing its standard input.
struct DoorServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "door", shouldDisplay: false)

    @Option var data: String
    @Option var socket: String
    @Option var durability: String

    func run() async throws {
        let seed = Seed(directory: URL(filePath: data), accounts: 0, perAccount: 0)
        let database = try await seed.open()
        var logger = Logger(label: "bench")
        logger.logLevel = .critical
        let journal = GroupCommitJournal(
            database, durability: GroupCommitJournal.Durability(rawValue: durability) ?? .strict,
            broadcast: SignInBroadcast()
        ) { print("# journal: \($0)") }
        let verifier = LedgerVerifier(
            store: try SQLiteCredentialStore(database), keys: VerifierKeys(current: Seed.key), journal: journal,
            portalPasswords: NoPortalPasswords(), defaultDomain: Seed.domain, now: { Seed.epoch + .days(1) })
        let door = DovecotDoor(verifier: verifier, logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await DoorListener.bind(
            ListenAddress("unix:" + socket), group: group, logger: logger
        ) { try door.serve($0, $1) }
        print("ready")
        fflush(nil)
        let writing = Task { await journal.run() }
        let serving = Task { try await listener.run() }
        // Blocks a thread of the pool, of which nothing else here has need.
        _ = try FileHandle.standardInput.readToEnd()
        await listener.stop()
        try await serving.value
        writing.cancel()
        await writing.value
        try await group.shutdownGracefully()
    }
}
