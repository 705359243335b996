/// What the owner of an app password has said of the networks it was used from: what a verdict reads under
/// `sign-in.first-use-approval`.
public struct NetworkApprovals: Hashable, Sendable {
    public var approved: Set<ClientNetwork>
    public var denied: Set<ClientNetwork>

    public init(approved: Set<ClientNetwork> = [], denied: Set<ClientNetwork> = []) {
        self.approved = approved
        self.denied = denied
    }

    /// Nil if the network is approved. A denied one is refused for good; of any other its owner is asked, and until they answer the
    /// client is to try again later.
    public func objection(to address: IPAddress?) -> Refusal? {
        let network = ClientNetwork(of: address)
        if approved.contains(network) { return nil }
        return denied.contains(network) ? .networkNotAllowed : .awaitingApproval
    }
}

/// A network that its owner has not said anything about yet.
public struct WaitingNetwork: Hashable, Sendable {
    /// After this nobody is asked any more; the next sign-in from there asks anew.
    public static let lifetime: Duration = .days(7)

    /// What began to wait then, or before, waits no more.
    public static func oldest(at now: Timestamp) -> Timestamp { now + (.zero - lifetime) }

    public let appPassword: AppPasswordID
    public let network: ClientNetwork
    /// The first sign-in from there that waited.
    public let since: Timestamp
    public let address: IPAddress?
    public let service: Service?
    public let client: String?

    public init(
        appPassword: AppPasswordID, network: ClientNetwork, since: Timestamp, address: IPAddress?, service: Service?,
        client: String?
    ) {
        self.appPassword = appPassword
        self.network = network
        self.since = since
        self.address = address
        self.service = service
        self.client = client
    }
}
