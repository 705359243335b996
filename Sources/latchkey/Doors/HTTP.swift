import DoorKit
import HTTPDoor
import LatchkeyCore
import Settings

extension Doorway {
    func bindHTTP() async throws(BindError) -> [BoundDoor] {
        let settings = house.settings.doors.http
        var configuration = HTTPDoor.Configuration()
        configuration.trustedNetworks = settings.trusted
        configuration.mail = mailBackEnds
        let door = HTTPDoor(verifier: verifier, directory: store, configuration: configuration, logger: logger)
        var listener = ListenerConfiguration()
        listener.proxies = settings.proxies
        let plain = try await bind("http", at: settings.listen, listener, serve: door.serve)
        listener.tls = tls
        return plain + (try await bind("https", at: settings.tlsListen, listener, serve: door.serve))
    }
}
