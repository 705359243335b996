public import LatchkeyCore

/// Everything that can be configured, read once at start and checked whole. What stands here are the defaults.
public struct Settings: Hashable, Sendable {
    /// The directory of the database and the master key.
    public var data: String?
    /// Added to login names that come without one, and shown in the portal.
    public var domain: String?
    public var portal = Portal()
    public var doors = Doors()
    public var audit = Audit()
    public var log = Log()

    public init() {}

    public struct Portal: Hashable, Sendable {
        /// Never a Unix socket.
        public var listen = ListenAddress.tcp(host: "127.0.0.1", port: 8080)
        /// Scheme and host as browsers see them, without a slash at the end.
        public var url: String?
    }

    public struct Doors: Hashable, Sendable {
        public var http = HTTP()
        public var dovecot = Dovecot()
    }

    public struct HTTP: Hashable, Sendable {
        public var listen = [ListenAddress.tcp(host: "127.0.0.1", port: 8090)]
        /// Reverse proxies of our own: they may ask without a token.
        public var trusted = ["127.0.0.0/8", "::1"].compactMap { Network($0) }
    }

    public struct Dovecot: Hashable, Sendable {
        /// What a relying server is told when Latchkey cannot answer.
        public enum TemporaryFailure: String, CaseIterable, Sendable { case automatic, close, reply }

        public var listen: [ListenAddress] = []
        public var temporaryFailure = TemporaryFailure.automatic
        public var socketGroup: String?
    }

    public struct Audit: Hashable, Sendable {
        public enum Durability: String, CaseIterable, Sendable { case strict, relaxed }

        public var durability = Durability.strict
    }

    public struct Log: Hashable, Sendable {
        public enum Level: String, CaseIterable, Sendable { case trace, debug, info, notice, warning, error, critical }

        public var level = Level.info
    }
}
