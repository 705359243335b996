import DoorKit
import DovecotDoor
import LatchkeyCore
import Settings

extension Doorway {
    /// What `latchkey check` asks: a Dovecot door of the house's own, which is always there.
    func bindCheck() async throws -> [BoundDoor] {
        let settings = house.settings
        guard let path = settings.checkSocket else { return [] }  // no data directory: then nothing runs at all
        let address: ListenAddress
        do {
            address = try ListenAddress("unix:" + path)
        } catch {
            throw CommandFailure.configuration("check.socket: \(error)")
        }
        let door = DovecotDoor(
            verifier: verifier,
            configuration: DovecotDoor.Configuration(temporaryFailure: .reply, door: .command), logger: logger)
        var listener = ListenerConfiguration()
        // Whoever may write to it may try passwords, and nobody has to but those who are named.
        listener.socketMode = settings.check.socketGroup == nil ? 0o600 : 0o660
        listener.socketGroup = settings.check.socketGroup
        return try await bind(.command, as: "check", at: [address], listener, serve: door.serve)
    }
}

extension Settings {
    /// The path of the socket for `latchkey check`; nil without a data directory.
    var checkSocket: String? {
        if case .unix(let path) = check.socket { return path }
        return data.map { ($0.hasSuffix("/") ? $0 : $0 + "/") + Check.defaultName }
    }
}
