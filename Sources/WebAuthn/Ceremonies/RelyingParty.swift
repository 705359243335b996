import Crypto

/// A web site that people sign in to with credentials of theirs (L3 §4), and its rules. It makes the options of both ceremonies, and verifies
/// their responses: ``verify(registration:challenge:userVerification:at:)`` is L3 §7.1,
/// ``verify(authentication:challenge:credential:owner:identification:userVerification:clones:)`` is L3 §7.2.
///
/// No clock, no chance, nothing kept: challenges, times and stored credentials come from the caller, who also sees to it that a challenge is
/// used once and that no credential id is registered twice.
public struct RelyingParty: Sendable {
    /// A domain: that of the origins, or one that they are below. Credentials are bound to it for ever.
    public let id: String
    /// What the browser shows.
    public let name: String
    /// Where the ceremonies may take place: scheme, host and port, if it is not the default one, as browsers write it:
    /// `https://portal.example.com`.
    public let origins: [String]
    public var frames = Frames.refused
    /// What may sign, the first first.
    public var algorithms: [COSEAlgorithm] = [.edDSA, .es256, .rs256, .es384, .es512]
    /// Who is trusted to vouch for authenticators. With any, an attestation with certificates must lead to one of them; without, such an
    /// attestation is ``Attestation/basicUntrusted``. Either way one without certificates is accepted, and its kind told.
    public var trustAnchors: [TrustAnchor] = []

    public init(id: String, name: String, origins: [String]) {
        self.id = id
        self.name = name
        self.origins = origins
    }

    /// Whether a ceremony may take place in a frame of a page of another origin (L3 §13.4.9).
    public enum Frames: Hashable, Sendable {
        case refused
        /// And if the browser tells the outermost page's origin, it must be one of these.
        case allowed(topOrigins: [String])
    }
}

/// Whether the authenticator shall find out that it is its owner who uses it, by PIN or fingerprint (L3 §5.8.6).
public enum UserVerification: String, Hashable, Sendable {
    case required, preferred, discouraged
}

extension RelyingParty {
    /// L3 §7.1 steps 7 to 11, §7.2 steps 10 to 14.
    func check(
        _ clientData: CollectedClientData, type: CollectedClientData.CeremonyType, challenge: Challenge
    ) throws(ClientDataError) {
        guard clientData.type == type else { throw .wrongType }
        guard clientData.challenge == challenge.octets else { throw .wrongChallenge }
        guard origins.contains(where: { $0.isSame(as: clientData.origin) }) else {
            throw .originNotAllowed(clientData.origin)
        }
        switch frames {
        case .refused:
            if let topOrigin = clientData.topOrigin { throw .topOriginNotAllowed(topOrigin) }
            guard !clientData.crossOrigin else { throw .crossOriginNotAllowed }
        case .allowed(let topOrigins):
            guard let topOrigin = clientData.topOrigin else { return }
            // Only a frame of another origin has a top origin (L3 §5.8.1).
            guard clientData.crossOrigin, topOrigins.contains(where: { $0.isSame(as: topOrigin) }) else {
                throw .topOriginNotAllowed(topOrigin)
            }
        }
    }

    /// L3 §7.1 steps 14 to 17, §7.2 steps 15 to 18.
    func check(_ data: AuthenticatorData, _ userVerification: UserVerification) throws(AuthenticatorDataError) {
        guard data.relyingPartyIDHash == Array(SHA256.hash(data: Array(id.utf8))) else { throw .wrongRelyingParty }
        guard data.flags.contains(.userPresent) else { throw .userNotPresent }
        guard userVerification != .required || data.flags.contains(.userVerified) else { throw .userNotVerified }
        guard data.flags.contains(.backupEligible) || !data.flags.contains(.backedUp) else {
            throw .backedUpButNotEligible
        }
    }
}
