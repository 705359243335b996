import ArgumentParser
import DoorKit
import DovecotDoor
import Foundation
import HTTPDoor
import LDAPDoor
import LatchkeyCore
import Logging
import NIOCore
import NIOPosix
import RADIUSDoor
import SaslauthdDoor
import ServiceLifecycle
import Storage

/// The door as a process of its own, so that its processor time is its own. Started by the bench, ended by closing its standard input.
struct DoorServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "door", shouldDisplay: false)

    @Option var door: MeasuredDoor
    @Option var data: String
    @Option var listen: String
    @Option(transform: Self.durability) var durability: GroupCommitJournal.Durability

    @Sendable private static func durability(_ text: String) throws -> GroupCommitJournal.Durability {
        guard let durability = GroupCommitJournal.Durability(rawValue: text) else {
            throw ValidationError("no such durability")
        }
        return durability
    }

    func run() async throws {
        let database = try await Seed(directory: URL(filePath: data), accounts: 0, perAccount: 0).open()
        var logger = Logger(label: "bench")
        logger.logLevel = .critical
        let journal = GroupCommitJournal(database, durability: durability, broadcast: SignInBroadcast()) {
            print("journal: \($0)")
        }
        let store = try SQLiteCredentialStore(database)
        let verifier = GatheringVerifier(
            LedgerVerifier(
                store: store, keys: VerifierKeys(current: Seed.key), journal: journal,
                portalPasswords: NoPortalPasswords(), defaultDomain: Seed.domain, now: { Seed.epoch + .days(1) }))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await bind(
            verifier, store: store, directory: SQLDirectory(database), group: group, logger: logger)
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

    /// Everywhere the service is `imap`, for which the app passwords are.
    private func bind(
        _ verifier: GatheringVerifier, store: SQLiteCredentialStore, directory: SQLDirectory, group: any EventLoopGroup,
        logger: Logger
    ) async throws -> any Listener {
        let address = try ListenAddress(listen)
        func bind(_ serve: @escaping @Sendable (any Channel, Peer) throws -> Void) async throws -> any Listener {
            try await DoorListener.bind(address, group: group, logger: logger, serve: serve)
        }
        switch door {
        case .dovecot:
            return try await bind(DovecotDoor(verifier: verifier, logger: logger).serve)
        case .ldap:
            let configuration = LDAPDoor.Configuration(
                base: DistinguishedName(domain: Seed.domain), domain: Seed.domain, service: .imap)
            return try await bind(
                LDAPDoor(
                    verifier: verifier, relyingServices: store, directory: directory, configuration: configuration,
                    tls: nil, logger: logger
                ).serve)
        case .http:
            return try await bind(HTTPDoor(verifier: verifier, directory: store, logger: logger).serve)
        case .radius:
            let client = RADIUSClient(
                name: "bench", networks: [Network("127.0.0.0/8")].compactMap(\.self),
                secret: SharedSecret(Secret(RADIUSDialogue.secret)), service: .imap)
            let door = RADIUSDoor(verifier: verifier, clients: ClientTable([client]), logger: logger)
            return try await DatagramListener.bind(address, group: group, logger: logger, serve: door.serveDatagrams)
        case .saslauthd:
            return try await bind(SaslauthdDoor(verifier: verifier, logger: logger).serve)
        }
    }
}

extension DoorServer {
    /// Starts one; it listens a little later.
    static func start(
        _ door: MeasuredDoor, _ seed: Seed, at endpoint: Endpoint, _ durability: GroupCommitJournal.Durability
    ) throws -> ServerProcess {
        try ServerProcess(
            "/proc/self/exe".resolvedLink,
            [
                "door", "--door", door.rawValue, "--data", seed.directory.path, "--listen", endpoint.listenAddress,
                "--durability", durability.rawValue,
            ], in: seed.directory, endsWithInput: true)
    }
}

extension String {
    /// What the symbolic link at this path points to.
    fileprivate var resolvedLink: String { URL(filePath: self).resolvingSymlinksInPath().path }
}
