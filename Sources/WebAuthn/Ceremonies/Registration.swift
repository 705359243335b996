import Crypto

/// A registration ceremony that came to its good end.
public struct Registration: Hashable, Sendable {
    /// To be stored, if its id is not registered yet, with anybody (L3 §7.1 step 26).
    public let credential: StoredCredential
    public let algorithm: COSEAlgorithm
    public let isUserVerified: Bool
    /// Whether it can sign in without a name; the browser's word, nil if it gave none.
    public let isDiscoverable: Bool?
}

/// Why a registration is refused.
public enum RegistrationError: Error, Hashable, Sendable, CustomStringConvertible {
    case clientData(ClientDataError)
    case attestationObject(AttestationObjectError)
    case authenticatorData(AuthenticatorDataError)
    case publicKey(PublicKeyError)
    case attestation(AttestationError)
    /// A supported algorithm that was not among those asked for.
    case algorithmNotOffered(COSEAlgorithm)
    /// The response names another credential than the authenticator did.
    case credentialIDMismatch

    public var description: String {
        switch self {
        case .clientData(let error): "\(error)"
        case .attestationObject(let error): "\(error)"
        case .authenticatorData(let error): "\(error)"
        case .publicKey(let error): "\(error)"
        case .attestation(let error): "\(error)"
        case .algorithmNotOffered(let algorithm): "algorithm \(algorithm) was not asked for"
        case .credentialIDMismatch: "the response is for another credential than the authenticator's"
        }
    }
}

extension RelyingParty {
    /// The registration ceremony, from its fifth step on (L3 §7.1).
    ///
    /// `challenge` and `userVerification` are those of the options; `seconds` since 1970 is when attestation certificates have to be
    /// valid. It is asynchronous as the building of certificate chains is: nothing in it waits.
    public func verify(
        registration response: RegistrationResponse, challenge: Challenge,
        userVerification: UserVerification = .required, at seconds: Int64
    ) async throws(RegistrationError) -> Registration {
        // Steps 5 to 11.
        try passing(RegistrationError.clientData) { () throws(ClientDataError) in
            let clientData = try CollectedClientData(response.clientDataJSON)
            try check(clientData, type: .create, challenge: challenge)
        }
        // Step 12.
        let clientDataHash = Array(SHA256.hash(data: response.clientDataJSON))
        // Step 13.
        let object: AttestationObject
        do throws(AttestationObjectError) {
            object = try AttestationObject(response.attestationObject)
        } catch {
            throw RegistrationError(error)
        }
        let data = object.authenticatorData
        // Steps 14 to 17.
        try passing(RegistrationError.authenticatorData) { () throws(AuthenticatorDataError) in
            try check(data, userVerification)
        }
        guard let attested = data.attestedCredential else { throw .authenticatorData(.attestedCredentialMissing) }
        // Step 20, and that the key is one.
        guard algorithms.contains(attested.key.algorithm) else { throw .algorithmNotOffered(attested.key.algorithm) }
        let key = try passing(RegistrationError.publicKey) { () throws(PublicKeyError) in
            try CredentialPublicKey(attested.key)
        }
        // Steps 21 to 24. An unsupported format is refused, though it might be taken for none.
        let attestation: Attestation
        do throws(AttestationError) {
            let statement = try AttestationStatement(format: object.format, object.statement)
            attestation = try await Attestation.verify(
                statement, of: data, attested, key, clientDataHash: clientDataHash, anchors: trustAnchors, at: seconds)
        } catch {
            throw .attestation(error)
        }
        // Step 25 was done where the id was read; step 26 is the caller's.
        guard attested.credentialID == response.credentialID else { throw .credentialIDMismatch }
        // Step 27.
        let isUserVerified = data.flags.contains(.userVerified)
        let credential = StoredCredential(
            id: attested.credentialID, publicKey: attested.publicKey, signCount: data.signCount,
            isUserVerificationInitialized: isUserVerified, isBackupEligible: data.flags.contains(.backupEligible),
            isBackedUp: data.flags.contains(.backedUp), transports: response.transports, aaguid: attested.aaguid,
            attestation: attestation)
        return Registration(
            credential: credential, algorithm: key.algorithm, isUserVerified: isUserVerified,
            isDiscoverable: response.isDiscoverable)
    }
}

extension RegistrationError {
    /// The most exact case: a key that is refused while it is read is refused as one that is refused later.
    fileprivate init(_ error: AttestationObjectError) {
        switch error {
        case .authenticatorData(.publicKey(let error)): self = .publicKey(error)
        case .authenticatorData(let error): self = .authenticatorData(error)
        default: self = .attestationObject(error)
        }
    }
}

/// What `body` returns; what it throws becomes the case `wrap` of a ceremony's error.
func passing<R, Inner: Error, Outer: Error>(
    _ wrap: (Inner) -> Outer, _ body: () throws(Inner) -> R
) throws(Outer) -> R {
    do throws(Inner) { return try body() } catch { throw wrap(error) }
}
