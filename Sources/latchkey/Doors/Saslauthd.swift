import DoorKit
import LatchkeyCore
import SaslauthdDoor
import Settings

extension Doorway {
    func bindSaslauthd() async throws(BindError) -> [BoundDoor] {
        let settings = house.settings.doors.saslauthd
        let door = SaslauthdDoor(
            verifier: verifier, configuration: SaslauthdDoor.Configuration(realm: settings.doorRealm), logger: logger)
        var listener = ListenerConfiguration()
        listener.socketGroup = settings.socketGroup
        return try await bind(.saslauthd, as: "saslauthd", at: settings.listen, listener, serve: door.serve)
    }
}

extension Settings.Saslauthd {
    fileprivate var doorRealm: SaslauthdDoor.Realm {
        switch realm {
        case .join: .join
        case .ignore: .ignore
        case .require: .require
        }
    }
}
