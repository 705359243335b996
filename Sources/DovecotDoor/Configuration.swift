public import LatchkeyCore

extension DovecotDoor {
    /// How to tell a client that a question cannot be answered now.
    public enum TemporaryFailure: String, CaseIterable, Sendable {
        /// `close` for `service=smtp` without `session=` (Postfix, Exim, chasquid), `reply` for everybody else.
        case automatic
        /// Close the connection: Postfix then says 454 and Exim 435. They take every FAIL for a wrong password.
        case close
        /// `FAIL` with `code=temp_fail`, which Dovecot's own clients understand.
        case reply
    }

    public struct Configuration: Sendable {
        public var temporaryFailure: TemporaryFailure
        /// Refuse an attempt unless the relying server says that the secret came over TLS or from itself.
        public var requireSecured: Bool
        /// What attempts are recorded as: other doors of this house speak the protocol too.
        public var door: Door

        public init(
            temporaryFailure: TemporaryFailure = .automatic, requireSecured: Bool = false, door: Door = .dovecot
        ) {
            self.temporaryFailure = temporaryFailure
            self.requireSecured = requireSecured
            self.door = door
        }
    }
}
