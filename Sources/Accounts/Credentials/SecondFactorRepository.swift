public import LatchkeyCore

/// An account's second factors as they are kept.
public struct SecondFactors: Hashable, Sendable {
    /// A TOTP secret, sealed by the keyring.
    public struct SealedTOTP: Hashable, Sendable {
        public let sealed: [UInt8]
        /// When it was confirmed by its first code; when it was made, while it is pending.
        public let since: Timestamp
        /// The highest time step whose code was accepted.
        public let lastStep: Int64?
        public let lastUse: Timestamp?

        public init(sealed: [UInt8], since: Timestamp, lastStep: Int64? = nil, lastUse: Timestamp? = nil) {
            self.sealed = sealed
            self.since = since
            self.lastStep = lastStep
            self.lastUse = lastUse
        }
    }

    public var totp: SealedTOTP?
    /// Shown to its owner, but not confirmed by a code yet.
    public var pending: SealedTOTP?
    public var recoveryCodesLeft: Int

    public init(totp: SealedTOTP? = nil, pending: SealedTOTP? = nil, recoveryCodesLeft: Int = 0) {
        self.totp = totp
        self.pending = pending
        self.recoveryCodesLeft = recoveryCodesLeft
    }
}

/// Second factors as they are kept. They are used up through `SessionRepository.advance`.
public protocol SecondFactorRepository: Sendable {
    func factors(of account: AccountID) async throws -> SecondFactors
    /// Keeps a secret until it is confirmed; one that was pending before is gone.
    func putPending(_ totp: SecondFactors.SealedTOTP, of account: AccountID) async throws
    /// Puts new recovery codes in the place of all old ones, used or not.
    func replaceRecoveryCodes(of account: AccountID, tags: [[UInt8]], event: AuditEvent) async throws
}
