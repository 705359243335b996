/// Alerts on their way. They are derived from the audit log behind it, from a place that is kept: so none is forgotten, whichever
/// process made the change, and no request waits for them. What has been queued is there until it was sent or given up.
public protocol AlertQueue: Sendable {
    /// Queues what the log has got since the last time, a bounded part of it; true if there is more. The very first time it begins at the
    /// log's end. What happened more than `AlertRule.patience` ago is not told any more.
    func gather(at now: Timestamp) async throws(StoreError) -> Bool
    /// Queues what no event tells: app passwords that are about to expire. True if there are more.
    func gatherExpiring(at now: Timestamp) async throws(StoreError) -> Bool
    /// Those whose time to be sent has come, the longest waiting first.
    func due(at now: Timestamp, limit: Int) async throws(StoreError) -> [Alert]
    /// It has been sent, or is given up.
    func remove(_ id: AlertID) async throws(StoreError)
    /// It is tried again at `time`, and has been tried once more.
    func postpone(_ id: AlertID, until time: Timestamp) async throws(StoreError)
}

/// What the owner of an account does not want to be told.
public protocol AlertChoices: Sendable {
    func turnedOff(of account: AccountID) async throws -> Set<AlertKind>
    /// Turns off these kinds and no other. False, and nothing written, if that was so already. Of kinds that cannot be turned off
    /// nothing is kept.
    func turnOff(_ kinds: Set<AlertKind>, of account: AccountID, event: AuditEvent) async throws -> Bool
}

/// When something is worth an alert.
public enum AlertRule {
    /// How long after it happened an alert is still tried to be sent.
    public static let patience: Duration = .days(3)
    /// A set-up link made so soon after its account is how its owner gets in at all.
    public static let welcome: Duration = .seconds(60)
    /// Wrong secrets within a day, at the doors and at the portal together.
    public static let manyGuesses = 20
    /// New networks of one app password that are told within a day: a thief with many must not bury the mails about anything else.
    public static let manyNetworks = 10
    /// What repeats is told once in this time.
    public static let day: Duration = .days(1)
    /// Before an app password expires, in days, the longest first.
    public static let expiryStages = [14, 3]
    /// Networks or browsers remembered of one app password or account; the oldest are forgotten.
    public static let maximumPlaces = 200

    /// What counts as one network: an IPv4 /24 or an IPv6 /48.
    public static func network(of address: IPAddress) -> Network? {
        Network(address, prefixLength: address.family == .v4 ? 24 : 48)
    }
}
