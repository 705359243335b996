/// A server of the organisation that may ask through the HTTP door or read the directory, known by a bearer token.
public struct RelyingService: Hashable, Sendable {
    public let id: Identifier<RelyingService>
    /// What an administrator called it, for example `nginx on web1`.
    public let name: String
    /// The services it may ask about; empty means any.
    public let services: Set<Service>
    /// Whether it may search the directory: see who there is and who belongs together.
    public let mayReadDirectory: Bool
    public let created: Timestamp

    public init(
        id: Identifier<RelyingService>, name: String, services: Set<Service>, mayReadDirectory: Bool = false,
        created: Timestamp
    ) {
        self.id = id
        self.name = name
        self.services = services
        self.mayReadDirectory = mayReadDirectory
        self.created = created
    }

    public func mayAsk(about service: Service) -> Bool { services.isEmpty || services.contains(service) }
}

/// Who bears a token. Asked with every request of the HTTP door, so that a token revoked stops at once.
public protocol RelyingServiceDirectory: Sendable {
    /// Calls `answer` exactly once, possibly before returning; with nil if nobody has this token.
    func relyingService(
        bearing token: Secret, answer: @escaping @Sendable (Result<RelyingService?, StoreError>) -> Void)
}
