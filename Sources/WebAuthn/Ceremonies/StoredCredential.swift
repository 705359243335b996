/// What a relying party keeps of a credential (L3 §4, "credential record").
public struct StoredCredential: Hashable, Sendable {
    public let id: CredentialID
    /// A COSE_Key, as the authenticator wrote it; ``CredentialPublicKey`` reads it.
    public let publicKey: [UInt8]
    /// How often the authenticator has signed, as of the last time; 0 if it does not count.
    public var signCount: UInt32
    /// Whether the authenticator has ever verified its user, so that the credential counts for two factors.
    public var isUserVerificationInitialized: Bool
    /// Whether it may be copied to other devices. Never changes.
    public let isBackupEligible: Bool
    /// Whether it was, as of the last time.
    public var isBackedUp: Bool
    public let transports: [AuthenticatorTransport]
    public let aaguid: AAGUID
    public let attestation: Attestation

    public init(
        id: CredentialID, publicKey: [UInt8], signCount: UInt32, isUserVerificationInitialized: Bool,
        isBackupEligible: Bool, isBackedUp: Bool, transports: [AuthenticatorTransport], aaguid: AAGUID,
        attestation: Attestation
    ) {
        self.id = id
        self.publicKey = publicKey
        self.signCount = signCount
        self.isUserVerificationInitialized = isUserVerificationInitialized
        self.isBackupEligible = isBackupEligible
        self.isBackedUp = isBackedUp
        self.transports = transports
        self.aaguid = aaguid
        self.attestation = attestation
    }

    /// For ``RegistrationOptions/exclude`` and ``AuthenticationOptions/allow``.
    public var descriptor: CredentialDescriptor { CredentialDescriptor(id: id, transports: transports) }
}
