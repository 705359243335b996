public import LatchkeyCore
public import WebAuthn

/// Passkeys and security keys as they are kept. They are added and used through `SessionRepository`, as proofs.
public protocol WebAuthnCredentialRepository: Sendable {
    /// What authenticators know the account by. `candidate` becomes it where there is none yet.
    func userHandle(of account: AccountID, orElse candidate: UserHandle) async throws -> UserHandle
    /// In the order in which they were added.
    func credentials(of account: AccountID) async throws -> [WebAuthnCredential]
    /// Whose it is, and what that account is known by. Nil if it is nobody's.
    func credential(_ id: CredentialID) async throws -> (credential: WebAuthnCredential, owner: UserHandle)?
    /// Writes that an answer to `challenge` came with a counter of before. False, and nothing written, if that challenge was answered before: then
    /// it is the same answer once more, as of a form that was sent twice, and no copy's.
    func reportCopy(answering challenge: [UInt8], event: AuditEvent) async throws -> Bool
    /// False, and nothing written, if the account has none with this id.
    func rename(
        _ id: Identifier<WebAuthnCredential>, of account: AccountID, to name: String, event: AuditEvent
    ) async throws -> Bool
}
