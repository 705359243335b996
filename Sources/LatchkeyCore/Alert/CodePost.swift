/// A one-time code on its way to somebody's private mailbox.
public struct CodeMail: Sendable {
    public enum Purpose: Sendable {
        /// The second step of a sign-in to the portal, or to confirm something there.
        case signIn
        /// To show that the mailbox is theirs, before codes for anything else go there.
        case enrolment
    }

    /// As it is to be typed: `4821 7730`.
    public let code: Secret
    public let recipient: MailAddress
    /// Whose account it is for.
    public let login: LoginName
    public let purpose: Purpose
    public let time: Timestamp
    /// Until when it counts.
    public let lifetime: Duration
    /// Who asked for it.
    public let address: IPAddress?
    public let client: String?

    public init(
        code: Secret, recipient: MailAddress, login: LoginName, purpose: Purpose, time: Timestamp, lifetime: Duration,
        address: IPAddress?, client: String?
    ) {
        self.code = code
        self.recipient = recipient
        self.login = login
        self.purpose = purpose
        self.time = time
        self.lifetime = lifetime
        self.address = address
        self.client = client
    }
}

/// Brings codes to mailboxes, at once or not at all: a code is kept nowhere on its way.
public protocol CodePost: Sendable {
    /// Returns when the mail server has taken it.
    func send(_ mail: CodeMail) async throws(CodeNotSent)
}

/// The mail server did not take a code in time. Why is for the operator's log.
public struct CodeNotSent: Error, Hashable, Sendable {
    public init() {}
}
