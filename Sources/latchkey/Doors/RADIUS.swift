import DoorKit
import Keyring
import LatchkeyCore
import RADIUSDoor
import Settings

extension Doorway {
    func bindRADIUS() async throws -> [BoundDoor] {
        let settings = house.settings.doors.radius
        let door = RADIUSDoor(verifier: verifier, clients: try settings.clientTable(), logger: logger)
        var listener = ListenerConfiguration()
        if !settings.tlsListen.isEmpty { listener.tls = try certificates.server(clientIssuers: settings.clientIssuers) }
        let datagrams = try await bindDatagrams(.radius, as: "radius", at: settings.listen, serve: door.serveDatagrams)
        do throws(BindError) {
            return datagrams
                + (try await bind(.radius, as: "radsec", at: settings.tlsListen, listener, serve: door.serveConnection))
        } catch {
            for door in datagrams { await door.listener.stop() }
            throw error
        }
    }
}

extension Settings.RADIUS {
    /// The clients with their secrets, read from their files. Throws every problem at once.
    func clientTable() throws(CommandFailure) -> ClientTable {
        var table: [RADIUSClient] = []
        var problems: [String] = []
        for (name, client) in clients.sorted(by: { $0.key < $1.key }) {
            guard let service = client.service else { continue }  // every one has: the settings were checked
            var secret = SharedSecret.radsec
            if let file = client.secretFile {
                do throws(SecretFileError) {
                    secret = SharedSecret(try SecretFile.load(from: file, minimumLength: SharedSecret.minimumLength))
                } catch {
                    problems.append("doors.radius.clients.\(name).secret-file: \(error)")
                    continue
                }
            }
            table.append(
                RADIUSClient(
                    name: name, networks: client.networks, certificateNames: client.certificates, secret: secret,
                    service: service, messageAuthenticator: client.requirement, stripsDomain: client.stripDomain,
                    accept: replies[service.name]?.attributes ?? ReplyAttributes()))
        }
        guard problems.isEmpty else { throw .configuration(problems.joined(separator: "\n")) }
        return ClientTable(table)
    }
}

extension Settings.RADIUS.Client {
    fileprivate var requirement: RADIUSClient.MessageAuthenticator {
        switch messageAuthenticator {
        case .yes: .required
        case .no: .optional
        case .auto: .learned
        }
    }
}

extension Settings.RADIUS.Reply {
    fileprivate var attributes: ReplyAttributes {
        ReplyAttributes(vlan: vlan, filterID: filterID, class: self.class, sessionTimeout: sessionTimeout)
    }
}
