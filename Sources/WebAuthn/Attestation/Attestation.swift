/// What is known about the authenticator that made a credential (L3 §6.5.3), for the list of credentials and for the caller's policy.
public enum Attestation: String, Hashable, Sendable, CaseIterable {
    /// Nothing; also the model is only claimed.
    case none
    /// It signed with the credential's own key: no more than nothing, except that the key is there.
    case selfAttested = "self"
    /// It signed with a manufacturer's key, but there is no trust anchor to compare with.
    case basicUntrusted = "basic, untrusted"
    /// It signed with a key for which a trust anchor vouches.
    case basic
}

extension Attestation {
    /// Verifies a statement (L3 §7.1 steps 21 to 24). `clientDataHash` is the SHA-256 of the client data; `seconds` since 1970 is when the
    /// certificates have to be valid.
    static func verify(
        _ statement: AttestationStatement, of data: AuthenticatorData,
        _ credential: AuthenticatorData.AttestedCredentialData, _ key: CredentialPublicKey, clientDataHash: [UInt8],
        anchors: [TrustAnchor], at seconds: Int64
    ) async throws(AttestationError) -> Attestation {
        let signed = data.octets + clientDataHash
        switch statement {
        case .none:
            return .none

        case .packedSelf(let algorithm, let signature):
            guard algorithm == key.algorithm else { throw .algorithmMismatch }
            guard key.isValid(signature: signature, over: signed) else { throw .invalidSignature }
            return .selfAttested

        case .packed(let algorithm, let signature, let octets):
            let chain = try certificates(octets)
            guard let leaf = chain.first else { throw .malformed }
            guard try leaf.key(for: algorithm).isValid(signature, over: signed) else { throw .invalidSignature }
            try leaf.checkPacked(model: credential.aaguid)
            return try await trust(in: chain, anchors: anchors, at: seconds)

        case .fidoU2F(let signature, let octets):
            let leaf = try AttestationCertificate(octets)
            let attestationKey = try leaf.key(for: .es256)
            guard case .ec2(.p256, let x, let y) = credential.key else { throw .algorithmMismatch }
            // L3 §8.6 asks nothing of the AAGUID here, and the specification's own example has one that is not zero.
            let signed =
                [0] + data.relyingPartyIDHash + clientDataHash + credential.credentialID.octets + [4] + x + y
            guard attestationKey.isValid(signature, over: signed) else { throw .invalidSignature }
            return try await trust(in: [leaf], anchors: anchors, at: seconds)
        }
    }

    private static func certificates(_ chain: [[UInt8]]) throws(AttestationError) -> [AttestationCertificate] {
        var certificates: [AttestationCertificate] = []
        for octets in chain { certificates.append(try AttestationCertificate(octets)) }
        return certificates
    }

    private static func trust(
        in chain: [AttestationCertificate], anchors: [TrustAnchor], at seconds: Int64
    ) async throws(AttestationError) -> Attestation {
        guard !anchors.isEmpty else { return .basicUntrusted }
        guard await TrustAnchor.vouch(anchors, for: chain.map(\.certificate), at: seconds) else { throw .untrusted }
        return .basic
    }
}
