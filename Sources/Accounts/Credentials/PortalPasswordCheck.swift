public import Keyring
public import LatchkeyCore

/// Tells the verifier whether a refused secret was the account's portal password. It has little time for that: one look at a
/// time, one per account in ten seconds; to all else it says no.
public final class PortalPasswordCheck: PortalPasswordProbe {
    private let passwords: any PortalPasswordRepository
    private let hasher: PasswordHasher
    private let now: @Sendable () -> Timestamp

    /// `run()` must be running, or nothing is answered.
    public init(
        passwords: any PortalPasswordRepository, hasher: PasswordHasher, now: @escaping @Sendable () -> Timestamp
    ) {
        self.passwords = passwords
        self.hasher = hasher
        self.now = now
    }

    public func isPortalPassword(_ secret: Secret, of account: AccountID, answer: @escaping @Sendable (Bool) -> Void) {
        answer(false)
    }

    /// Answers until its task is cancelled.
    public func run() async {}
}
