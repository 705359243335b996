/// One answered attempt, as it is recorded, shown to its owner and told to the live page.
public struct SignIn: Hashable, Sendable {
    public let time: Timestamp
    /// Nil if nobody has the name that was tried.
    public let account: AccountID?
    public let appPassword: AppPasswordID?
    /// Nil if accepted.
    public let refusal: Refusal?
    public let service: Service?
    public let door: Door
    public let address: IPAddress?
    public let client: String?
    /// The name as tried, kept only where it is not the account's own login name (an alias, another spelling): it is often the mistake.
    public let triedName: String?

    public init(
        time: Timestamp, account: AccountID?, appPassword: AppPasswordID?, refusal: Refusal?, service: Service?,
        door: Door,
        address: IPAddress?, client: String?, triedName: String?
    ) {
        self.time = time
        self.account = account
        self.appPassword = appPassword
        self.refusal = refusal
        self.service = service
        self.door = door
        self.address = address
        self.client = client
        self.triedName = triedName
    }
}

/// A sign-in with the changes it makes to its app password.
public struct SignInRecord: Sendable {
    public let signIn: SignIn
    /// It was the first use of a replacement: the replaced app password ends now.
    public let endsPredecessor: Bool
    public let retag: StoredCredential.Retag?

    public init(_ signIn: SignIn, endsPredecessor: Bool = false, retag: StoredCredential.Retag? = nil) {
        self.signIn = signIn
        self.endsPredecessor = endsPredecessor
        self.retag = retag
    }
}

/// Where sign-ins are recorded, together.
public protocol SignInJournal: Sendable {
    /// Calls `done` exactly once, when the records are as durable as `audit.durability` promises.
    func record(_ records: [SignInRecord], done: @escaping @Sendable (Result<Void, StoreError>) -> Void)
}

/// Tells whether a refused secret was the account's portal password, to explain the refusal. Never asked before the peer
/// has its answer, and free to say no when it is busy: it costs a slow hash.
public protocol PortalPasswordProbe: Sendable {
    func isPortalPassword(_ secret: Secret, of account: AccountID, answer: @escaping @Sendable (Bool) -> Void)
}
