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
            for bind in [bindHTTP, bindDovecot] { doors += try await bind() }
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
        var doors: [BoundDoor] = []
        for address in addresses {
            do throws(BindError) {
                let listener = try await DoorListener.bind(
                    address, configuration: configuration, group: threads.group(of: door), logger: logger, serve: serve)
                doors.append(BoundDoor(name: name, listener: listener))
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
    let listener: DoorListener

    func run() async throws { try await listener.run() }
}
