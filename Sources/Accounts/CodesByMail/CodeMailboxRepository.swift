public import LatchkeyCore

/// A code that is about to be mailed, as it is kept; of its digits only a keyed fingerprint.
public struct SentCode: Hashable, Sendable {
    public let session: Identifier<Session>
    public let address: MailAddress
    public let tag: [UInt8]
    public let time: Timestamp

    public init(session: Identifier<Session>, address: MailAddress, tag: [UInt8], time: Timestamp) {
        self.session = session
        self.address = address
        self.tag = tag
        self.time = time
    }
}

/// Codes that were mailed, as they are kept. They are used up through `SessionRepository.advance`; the mailboxes are among the
/// `SecondFactors`, and removed as they are.
public protocol CodeMailboxRepository: Sendable {
    /// Durable when the call returns, together with its event. False, and nothing written, if the session has ended.
    func insert(_ code: SentCode, event: AuditEvent) async throws -> Bool
    /// The domains of all login names and aliases here, as they are written.
    func guardedDomains() async throws -> Set<String>
}
