import Accounts
import ArgumentParser
import DoorKit
import Foundation
import HTTPDoor
import Keyring
import LatchkeyCore
import Logging
import NIOCore
import Notifications
import OIDCClient
import Portal
import ServiceLifecycle
import Settings
import Storage
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the portal and the doors until told to stop.")

    @OptionGroup var place: Place

    func run() async throws {
        try await reporting {
            let settings = try place.settings()
            var logger = Logger(label: "latchkey", factory: { StreamLogHandler.standardError(label: $0) })
            logger.logLevel = Logger.Level(rawValue: settings.log.level.rawValue) ?? .info
            let house = try await Installation(settings, patience: SQLiteDatabase.serverPatience)
            try await Server(house: house, logger: logger).run()
        }
    }
}

/// The composition root of the running server: builds every part and runs them together.
///
/// It stops on SIGTERM and SIGINT: doors first, which finish what is in flight, the journal last, so that every sign-in that was
/// answered is recorded.
struct Server {
    let house: Installation
    let logger: Logger

    func run() async throws {
        try await AsyncHTTPFetcher.withFetcher(logger: logger) { http in try await run(http) }
    }

    /// `http` reaches the providers that people sign in through.
    private func run(_ http: AsyncHTTPFetcher) async throws {
        let settings = house.settings
        let singleSignOn = try await singleSignOn(over: http)
        let threads = DoorThreads(count: ProcessInfo.processInfo.activeProcessorCount)
        let broadcast = SignInBroadcast()
        let journal = GroupCommitJournal(
            house.database, durability: settings.audit.durability == .strict ? .strict : .relaxed, broadcast: broadcast
        ) { [logger] in logger.error("sign-ins could not be recorded", metadata: ["cause": "\($0)"]) }
        let asksFirst = settings.signIn.firstUseApproval
        if asksFirst { try await SQLApprovals(house.database).learnUsedNetworks() }
        let store = try SQLiteCredentialStore(house.database, readsApprovals: asksFirst)
        let passwordCheck = house.portal.passwordCheck
        let verifier = GatheringVerifier(
            LedgerVerifier(
                store: store, keys: house.keyring.verifierKeys, journal: journal, portalPasswords: passwordCheck,
                defaultDomain: settings.domain, now: currentTime))

        let notifier = try notifier()
        let postman = try postman()
        let certificates = Certificates(settings.tls)
        let doors = try await Doorway(
            house: house, verifier: verifier, store: store, certificates: certificates, threads: threads, logger: logger
        ).bindAll()
        let ready = Readiness()
        let portal = try portal(
            broadcast: broadcast, codesByMail: try codesByMail(), singleSignOn: singleSignOn, ready: ready)

        // Started in this order, stopped in the reverse: the journal outlives whoever writes to it.
        let services: [any ServiceLifecycle.Service] =
            [
                BackgroundTask { await journal.run() }, BackgroundTask { await passwordCheck.run() },
                BackgroundTask { await notifier.run() },
            ]
            + [postman].compactMap(\.self).map { postman in BackgroundTask { await postman.run() } }
            + certificateWatch(certificates) + doors
            + [portal, Announcement(house: house, doors: doors, ready: ready)]
        let lifecycle = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { service in
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: service, successTerminationBehavior: .ignore,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await lifecycle.run()
        try await threads.shutDown()
    }
}

extension Server {
    private func certificateWatch(_ certificates: Certificates) -> [any ServiceLifecycle.Service] {
        certificates.all.isEmpty ? [] : [CertificateWatch(certificates: certificates.all, logger: logger)]
    }

    private func portal(
        broadcast: SignInBroadcast, codesByMail: CodesByMail?, singleSignOn: SingleSignOn?, ready: Readiness
    ) throws -> ListeningPortal {
        let settings = house.settings
        guard case .tcp(let host, let port) = settings.portal.listen else {
            throw CommandFailure.configuration("portal.listen: the portal listens on HOST:PORT, not on a Unix socket")
        }
        let portal = try Portal(
            configuration: Portal.Configuration(
                host: host, port: port, url: settings.portal.url, domain: settings.domain,
                trustedProxies: settings.portal.trusted,
                alerts: Portal.Configuration.Alerts(
                    areSent: settings.mail.server != nil, administrator: settings.mail.admin)
            ) { host, port in
                ready.portalListens(on: .tcp(host: host, port: port))
            },
            access: house.portal.access, credentials: house.portal.credentials, setupLinks: house.portal.setupLinks,
            helpdesk: house.portal.helpdesk, accounts: house.accounts, appPasswords: house.appPasswords,
            issuer: house.issuer, audit: house.audit,
            approvals: settings.signIn.firstUseApproval ? house.approvals : nil, alertChoices: house.alertChoices,
            revocationLinks: house.revocationLinks, broadcast: broadcast, codesByMail: codesByMail,
            singleSignOn: singleSignOn, now: currentTime, logger: logger)
        return ListeningPortal(portal: portal, address: settings.portal.listen)
    }
}

/// The portal. What keeps it from listening is told as a door's would be.
struct ListeningPortal: ServiceLifecycle.Service {
    let portal: Portal
    let address: ListenAddress

    func run() async throws {
        do {
            try await portal.run()
        } catch let error as IOError {
            throw BindError(errno: error.errnoCode, address)
        } catch is SocketAddressError, is SocketAddressError.UnknownHost {
            throw BindError.unknownHost(address)
        }
    }
}

/// Work that goes on until the server stops.
struct BackgroundTask: ServiceLifecycle.Service {
    let work: @Sendable () async -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown { await work() }
    }
}

/// Tells the operator, and whoever waits for it, that everything listens: on standard error, as plain lines.
struct Announcement: ServiceLifecycle.Service {
    let house: Installation
    let doors: [BoundDoor]
    let ready: Readiness

    func run() async throws {
        // Nothing is announced if the portal could not listen, or was told to stop before it did.
        guard let address = await cancelWhenGracefulShutdown({ await ready.portalAddress() }),
            case .tcp(_, let port) = address
        else { return }
        let url = house.portalURL(port: port)
        var lines = ["portal \(url)" + (house.settings.portal.url == nil ? "" : " on \(address)")]
        lines += doors.map { "door \($0.name) \($0.listener.address)" }
        if let token = try await house.portal.setupLinks.issueFirstAdministrator(actor: .system)?.reveal() {
            lines.append(
                "there is no account yet: make yourself its administrator at \(url)/setup/\(token) (works once, for 24 hours)"
            )
        }
        lines.append("ready")
        FileHandle.standardError.write(Data(lines.map { "latchkey: \($0)\n" }.joined().utf8))
        try await gracefulShutdown()
    }
}

/// Tells once where the portal listens. Whoever waits for it can be cancelled.
struct Readiness: Sendable {
    private let addresses: AsyncStream<ListenAddress>
    private let teller: AsyncStream<ListenAddress>.Continuation

    init() {
        (addresses, teller) = AsyncStream.makeStream()
    }

    func portalListens(on address: ListenAddress) {
        teller.yield(address)
    }

    func portalAddress() async -> ListenAddress? {
        await addresses.first { _ in true }
    }
}
