import Crypto

/// An authentication ceremony that came to its good end.
public struct Authentication: Hashable, Sendable {
    /// The credential with its new sign count and backup state, to be stored (L3 §7.2 step 24). Whether its user verification counts as
    /// initialized from now on is left to the caller, who may want another factor for that.
    public let credential: StoredCredential
    public let isUserVerified: Bool
    /// The sign count did not grow, so that there may be two authenticators with this credential (L3 §6.1.1). Its old value is kept, or the
    /// next time would look right.
    public let isPossibleClone: Bool
}

/// How the relying party knows whose account is to be signed in to (L3 §7.2 step 6).
public enum Identification: Hashable, Sendable {
    /// From before the ceremony, by a name or a session. `allowed` are the credentials that were asked for; empty if any was.
    case beforehand(allowed: [CredentialID])
    /// By the response alone.
    case byResponse
}

/// What to do with a sign count that did not grow (L3 §7.2 step 22).
public enum CloneRule: Hashable, Sendable {
    /// Sign in, and say so: ``Authentication/isPossibleClone``.
    case report
    case refuse
}

/// Why an authentication is refused. A peer is to be told none of it.
public enum AuthenticationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The response is for another credential than the one it was verified with.
    case credentialIDMismatch
    /// It is none of those that were asked for.
    case credentialNotAllowed
    case userHandleMissing
    /// The authenticator believes the credential to be another account's.
    case userHandleMismatch
    case clientData(ClientDataError)
    case authenticatorData(AuthenticatorDataError)
    /// What was eligible for backup is not any more, or the other way around.
    case backupEligibilityChanged
    /// The stored key is none.
    case publicKey(PublicKeyError)
    case invalidSignature
    case signCountDidNotGrow(stored: UInt32, received: UInt32)

    public var description: String {
        switch self {
        case .credentialIDMismatch: "the response is for another credential"
        case .credentialNotAllowed: "the credential is none of those that were asked for"
        case .userHandleMissing: "the response does not say whose account it is for"
        case .userHandleMismatch: "the response is for another account than the credential's"
        case .clientData(let error): "\(error)"
        case .authenticatorData(let error): "\(error)"
        case .backupEligibilityChanged: "the credential's eligibility for backup has changed"
        case .publicKey(let error): "\(error)"
        case .invalidSignature: "the signature is wrong"
        case .signCountDidNotGrow(let stored, let received):
            "the sign count did not grow: it was \(stored) and is \(received)"
        }
    }
}

extension RelyingParty {
    /// The authentication ceremony, from its fifth step on (L3 §7.2).
    ///
    /// `credential` is the stored one with the response's id, and `owner` its account's handle. `challenge` and `userVerification` are those of
    /// the options.
    public func verify(
        authentication response: AuthenticationResponse, challenge: Challenge, credential: StoredCredential,
        owner: UserHandle, identification: Identification, userVerification: UserVerification = .required,
        clones: CloneRule = .refuse
    ) throws(AuthenticationError) -> Authentication {
        // Steps 5 and 6.
        guard response.credentialID == credential.id else { throw .credentialIDMismatch }
        switch identification {
        case .beforehand(let allowed):
            guard allowed.isEmpty || allowed.contains(credential.id) else { throw .credentialNotAllowed }
        case .byResponse:
            guard response.userHandle != nil else { throw .userHandleMissing }
        }
        guard response.userHandle == nil || response.userHandle == owner else { throw .userHandleMismatch }
        // Steps 7 to 14.
        try passing(AuthenticationError.clientData) { () throws(ClientDataError) in
            let clientData = try CollectedClientData(response.clientDataJSON)
            try check(clientData, type: .get, challenge: challenge)
        }
        // Steps 15 to 18.
        let data = try passing(AuthenticationError.authenticatorData) { () throws(AuthenticatorDataError) in
            let data = try AuthenticatorData(response.authenticatorData)
            try check(data, userVerification)
            guard data.attestedCredential == nil else { throw .attestedCredentialUnexpected }
            return data
        }
        // Step 19.
        guard data.flags.contains(.backupEligible) == credential.isBackupEligible else {
            throw .backupEligibilityChanged
        }
        // Steps 20 and 21.
        let key = try passing(AuthenticationError.publicKey) { () throws(PublicKeyError) in
            try CredentialPublicKey(cose: credential.publicKey)
        }
        let signed = response.authenticatorData + Array(SHA256.hash(data: response.clientDataJSON))
        guard key.isValid(signature: response.signature, over: signed) else { throw .invalidSignature }
        // Step 22: an authenticator that never counts has 0 for ever.
        let doesCount = data.signCount != 0 || credential.signCount != 0
        let isPossibleClone = doesCount && data.signCount <= credential.signCount
        guard !isPossibleClone || clones == .report else {
            throw .signCountDidNotGrow(stored: credential.signCount, received: data.signCount)
        }
        // Step 24.
        var updated = credential
        updated.signCount = max(credential.signCount, data.signCount)
        updated.isBackedUp = data.flags.contains(.backedUp)
        return Authentication(
            credential: updated, isUserVerified: data.flags.contains(.userVerified), isPossibleClone: isPossibleClone)
    }
}
