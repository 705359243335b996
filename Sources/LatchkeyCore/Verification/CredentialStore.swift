/// The look-up behind every verdict.
public protocol CredentialStore: Sendable {
    /// Answers all of `questions`, in their order, in one call of `answer`, exactly once, possibly before `find` returns.
    ///
    /// All are answered from one consistent state that holds every change committed before the call.
    func find(
        _ questions: [CredentialQuestion], keys: VerifierKeys,
        answer: @escaping @Sendable (Result<[CredentialFinding], StoreError>) -> Void)
}

/// One look-up: who has this name, and is this secret one of theirs, now or formerly?
public struct CredentialQuestion: Sendable {
    public let login: LoginName
    /// Nil asks for the account alone.
    public let secret: AppPasswordSecret?

    public init(login: LoginName, secret: AppPasswordSecret?) {
        self.login = login
        self.secret = secret
    }
}

/// What is known. No credential means that no app password of the account, past or present, has this secret.
public struct CredentialFinding: Sendable {
    public var account: AccountStanding?
    public var credential: StoredCredential?
    /// Tells failed secrets from one another without keeping them.
    public var digest: UInt64

    public init(account: AccountStanding? = nil, credential: StoredCredential? = nil, digest: UInt64 = 0) {
        self.account = account
        self.credential = credential
        self.digest = digest
    }
}

/// What a verdict needs of an account.
public struct AccountStanding: Hashable, Sendable {
    public let id: AccountID
    public let login: LoginName
    public let name: String
    public let isDisabled: Bool
    /// The groups it belongs to, in the order of their names.
    public let groups: [GroupName]

    public init(id: AccountID, login: LoginName, name: String, isDisabled: Bool, groups: [GroupName] = []) {
        self.id = id
        self.login = login
        self.name = name
        self.isDisabled = isDisabled
        self.groups = groups
    }
}

/// What a verdict needs of an app password.
public struct StoredCredential: Hashable, Sendable {
    public let id: AppPasswordID
    public let services: Set<Service>
    public let networks: [Network]
    public let expires: Timestamp?
    public let endTime: Timestamp?
    /// It replaces another one that still works, which its first use ends.
    public let hasPredecessor: Bool
    /// Not nil if it is stored under an older verifier key: its tag there, and the one under the current key.
    public let retag: Retag?
    /// Nil where nobody is asked about networks.
    public let approvals: NetworkApprovals?

    public struct Retag: Hashable, Sendable {
        public let old: VerifierTag
        public let new: VerifierTag
        public let keyID: Int

        public init(old: VerifierTag, new: VerifierTag, keyID: Int) {
            self.old = old
            self.new = new
            self.keyID = keyID
        }
    }

    public init(
        id: AppPasswordID, services: Set<Service>, networks: [Network], expires: Timestamp?, endTime: Timestamp?,
        hasPredecessor: Bool = false, retag: Retag? = nil, approvals: NetworkApprovals? = nil
    ) {
        self.id = id
        self.services = services
        self.networks = networks
        self.expires = expires
        self.endTime = endTime
        self.hasPredecessor = hasPredecessor
        self.retag = retag
        self.approvals = approvals
    }

    /// The rules, in the order that gives an owner the most useful explanation; nil if nothing stands against it.
    public func objection(to service: Service, from address: IPAddress?, at now: Timestamp) -> Refusal? {
        if let endTime, endTime <= now { return .revoked }
        if let expires, expires <= now { return .expired }
        guard services.contains(service) else { return .serviceNotAllowed }
        if !networks.isEmpty {
            guard let address, networks.contains(where: { $0.contains(address) }) else { return .networkNotAllowed }
        }
        return approvals?.objection(to: address)
    }
}
