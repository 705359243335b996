import DoorKit
import HTTPDoor
import LatchkeyCore
import Settings

extension Doorway {
    func bindHTTP() async throws -> [BoundDoor] {
        let settings = house.settings.doors.http
        var configuration = HTTPDoor.Configuration()
        configuration.trustedNetworks = settings.trusted
        configuration.mail = try MailBackEnds(settings.nginxMail)
        let door = HTTPDoor(verifier: verifier, directory: store, configuration: configuration, logger: logger)
        var listener = ListenerConfiguration()
        listener.proxies = settings.proxies
        let plain = try await bind(.http, as: "http", at: settings.listen, listener, serve: door.serve)
        guard !settings.tlsListen.isEmpty else { return plain }
        listener.tls = try certificates.server()
        return plain + (try await bind(.http, as: "https", at: settings.tlsListen, listener, serve: door.serve))
    }
}
