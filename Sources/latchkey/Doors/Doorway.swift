import DoorKit
import LatchkeyCore
import Logging
import NIOCore
import ServiceLifecycle
import Settings
import Storage

/// What every door is made with, and how each gets its addresses. What keeps one from listening is told before anything runs.
struct Doorway {
    let house: Installation
    let verifier: any Verifier
    let store: SQLiteCredentialStore
    let certificates: Certificates
    let threads: DoorThreads
    let logger: Logger

    /// Every door that has an address; if one cannot listen, none does.
    func bindAll() async throws(CommandFailure) -> [BoundDoor] {
        var doors: [BoundDoor] = []
        do {
            for bind in [bindHTTP, bindDovecot, bindLDAP, bindSaslauthd, bindRADIUS, bindCheck] {
                doors += try await bind()
            }
            return doors
        } catch {
            for door in doors { await door.listener.stop() }
            throw error as? CommandFailure ?? CommandFailure(text: "\(error)")
        }
    }

    /// A listener for each address; if one cannot listen, none does.
    func bind(
        _ door: Door, as name: String, at addresses: [ListenAddress], _ configuration: ListenerConfiguration,
        serve: @escaping @Sendable (any Channel, Peer) throws -> Void
    ) async throws(BindError) -> [BoundDoor] {
        var configuration = configuration
        configuration.maximumConnections = house.settings.doors.maximumConnections
        configuration.maximumConnectionsPerPeer = house.settings.doors.maximumConnectionsPerAddress
        return try await bind(name, at: addresses) { [configuration] (address) async throws(BindError) in
            try await DoorListener.bind(
                address, configuration: configuration, group: threads.group(of: door), logger: logger, serve: serve)
        }
    }

    /// The same for UDP.
    func bindDatagrams(
        _ door: Door, as name: String, at addresses: [ListenAddress],
        serve: @escaping @Sendable (any Channel) throws -> Void
    ) async throws(BindError) -> [BoundDoor] {
        try await bind(name, at: addresses) { (address) async throws(BindError) in
            try await DatagramListener.bind(address, group: threads.group(of: door), logger: logger, serve: serve)
        }
    }

    private func bind(
        _ name: String, at addresses: [ListenAddress],
        _ bind: (ListenAddress) async throws(BindError) -> any Listener
    ) async throws(BindError) -> [BoundDoor] {
        var doors: [BoundDoor] = []
        for address in addresses {
            do throws(BindError) {
                doors.append(BoundDoor(name: name, listener: try await bind(address)))
            } catch {
                for door in doors { await door.listener.stop() }
                throw error
            }
        }
        return doors
    }
}

/// A door that has its address already.
struct BoundDoor: ServiceLifecycle.Service {
    let name: String
    let listener: any Listener

    func run() async throws { try await listener.run() }
}
