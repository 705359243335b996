/// One thing that an account's owner is told by mail: the facts, as they were when it happened. Never a secret.
public struct Alert: Hashable, Sendable {
    /// The same for every try to send it.
    public let id: AlertID
    public let kind: AlertKind
    public let recipient: MailAddress
    /// The account that it is about.
    public let login: LoginName
    /// When it happened.
    public let time: Timestamp
    /// What was done; nil if it is no single event.
    public var action: AuditEvent.Action?
    public var author: Author
    public var appPassword: AppPasswordID?
    /// The name of the app password, or of the way to sign in that was added or removed.
    public var name: String?
    /// What it was used for, or may be used for, in order.
    public var services: [Service]
    public var address: IPAddress?
    /// A mail program's name, or a browser's User-Agent.
    public var client: String?
    /// Tries, where it is about several.
    public var count: Int
    /// When the app password ends by itself.
    public var expires: Timestamp?
    public let queued: Timestamp
    /// Tries to send it so far.
    public var attempts: Int

    /// Who did it, as far as its owner has to tell them apart.
    public enum Author: String, Sendable {
        /// Somebody signed in as the owner.
        case owner
        /// Another account, or somebody at the machine's command line.
        case administrator
        /// A client, a link, Latchkey itself.
        case other
    }

    public init(
        id: AlertID, kind: AlertKind, recipient: MailAddress, login: LoginName, time: Timestamp,
        action: AuditEvent.Action? = nil, author: Author = .other, appPassword: AppPasswordID? = nil,
        name: String? = nil, services: [Service] = [], address: IPAddress? = nil, client: String? = nil, count: Int = 1,
        expires: Timestamp? = nil, queued: Timestamp, attempts: Int = 0
    ) {
        self.id = id
        self.kind = kind
        self.recipient = recipient
        self.login = login
        self.time = time
        self.action = action
        self.author = author
        self.appPassword = appPassword
        self.name = name
        self.services = services
        self.address = address
        self.client = client
        self.count = count
        self.expires = expires
        self.queued = queued
        self.attempts = attempts
    }
}

public typealias AlertID = Identifier<Alert>

extension AuditEvent {
    /// Who did it, from the point of view of the account that it is about.
    public var author: Alert.Author {
        switch actor {
        case .account(let id): id == account ? .owner : .administrator
        case .machineUser: .administrator
        case .system, .client, .link: .other
        }
    }
}
