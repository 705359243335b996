/// The stored record of an app password: everything but the secret.
public struct AppPassword: Hashable, Sendable {
    public let id: AppPasswordID
    public let account: AccountID
    public var name: String
    /// An id of the catalogue.
    public let application: String
    public var services: Set<Service>
    /// Where it may be used from; empty means from anywhere.
    public var networks: [Network]
    public let format: SecretFormat
    public let created: Timestamp
    public var expires: Timestamp?
    public var lastUse: LastUse?
    public var end: End?
    /// The app password that this one replaces, until this one is first used.
    public var predecessor: AppPasswordID?
    /// The app password that replaces this one.
    public var successor: AppPasswordID?

    public init(
        id: AppPasswordID, account: AccountID, name: String, application: String, services: Set<Service>,
        networks: [Network] = [], format: SecretFormat = .standard, created: Timestamp, expires: Timestamp? = nil,
        lastUse: LastUse? = nil, end: End? = nil, predecessor: AppPasswordID? = nil, successor: AppPasswordID? = nil
    ) {
        self.id = id
        self.account = account
        self.name = name
        self.application = application
        self.services = services
        self.networks = networks
        self.format = format
        self.created = created
        self.expires = expires
        self.lastUse = lastUse
        self.end = end
        self.predecessor = predecessor
        self.successor = successor
    }

    /// The latest accepted sign-in.
    public struct LastUse: Hashable, Sendable {
        public var time: Timestamp
        public var service: Service
        public var address: IPAddress?
        /// What the client calls itself, where its protocol says so.
        public var client: String?

        public init(time: Timestamp, service: Service, address: IPAddress?, client: String?) {
            self.time = time
            self.service = service
            self.address = address
            self.client = client
        }
    }

    /// When and why it stops, or stopped, working other than by expiry. In the future only for a rotated one.
    public struct End: Hashable, Sendable {
        public enum Cause: String, Sendable { case revoked, rotated }
        public var time: Timestamp
        public var cause: Cause

        public init(time: Timestamp, cause: Cause) {
            self.time = time
            self.cause = cause
        }
    }

    public enum State: String, Sendable { case active, retiring, expired, revoked }

    public func state(at now: Timestamp) -> State {
        if let end, end.time <= now { return .revoked }
        if let expires, expires <= now { return .expired }
        return end == nil ? .active : .retiring
    }
}
