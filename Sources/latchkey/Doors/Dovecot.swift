import DoorKit
import DovecotDoor
import LatchkeyCore
import Settings

extension Doorway {
    func bindDovecot() async throws -> [BoundDoor] {
        let settings = house.settings.doors.dovecot
        let door = DovecotDoor(
            verifier: verifier,
            configuration: DovecotDoor.Configuration(temporaryFailure: settings.doorTemporaryFailure), logger: logger)
        var listener = ListenerConfiguration()
        listener.socketGroup = settings.socketGroup
        return try await bind(.dovecot, as: "dovecot", at: settings.listen, listener, serve: door.serve)
    }
}

extension Settings.Dovecot {
    fileprivate var doorTemporaryFailure: DovecotDoor.TemporaryFailure {
        switch temporaryFailure {
        case .automatic: .automatic
        case .close: .close
        case .reply: .reply
        }
    }
}
