import DoorKit
import HTTPDoor
import LatchkeyCore
import Settings

extension Doorway {
    func bindHTTP() async throws(BindError) -> [BoundDoor] {
        let settings = house.settings.doors.http
        var configuration = HTTPDoor.Configuration()
        configuration.trustedNetworks = settings.trusted
        let door = HTTPDoor(verifier: verifier, directory: store, configuration: configuration)
        var listener = ListenerConfiguration()
        listener.proxies = settings.proxies
        let plain = try await bind(.http, as: "http", at: settings.listen, listener, serve: door.serve)
        listener.tls = tls
        return plain + (try await bind(.http, as: "https", at: settings.tlsListen, listener, serve: door.serve))
    }
}
