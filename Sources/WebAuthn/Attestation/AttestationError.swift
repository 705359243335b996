/// Why an attestation statement is refused.
public enum AttestationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A format of the registry "WebAuthn Attestation Statement Format Identifiers", or one nobody knows.
    case unsupportedFormat(String)
    case malformed
    /// The number of the registry "COSE Algorithms".
    case unsupportedAlgorithm(Int)
    /// Self attestation with another algorithm than the credential's.
    case algorithmMismatch
    case invalidSignature
    case certificate(AttestationCertificateError)
    /// The certificates lead to none of the trust anchors, or are not valid now.
    case untrusted

    public var description: String {
        switch self {
        case .unsupportedFormat(let format): "attestation format \(format) is not supported"
        case .malformed: "the attestation statement is malformed"
        case .unsupportedAlgorithm(let number):
            "attestation algorithm \(COSEAlgorithm.name(of: number)) is not supported"
        case .algorithmMismatch: "the attestation's algorithm is not the credential's"
        case .invalidSignature: "the attestation's signature is wrong"
        case .certificate(let error): "the attestation certificate \(error)"
        case .untrusted: "the attestation leads to none of the trust anchors"
        }
    }
}

/// What is wrong with an attestation certificate (L3 §8.2.1, §8.6).
public enum AttestationCertificateError: String, Error, Hashable, Sendable, CustomStringConvertible {
    case malformed = "is malformed"
    case notVersion3 = "is not of version 3"
    case subjectCountry = "has no two-letter country in its subject"
    case subjectOrganization = "has no organization in its subject"
    case subjectOrganizationalUnit = "has another organizational unit than \"Authenticator Attestation\""
    case subjectCommonName = "has no common name in its subject"
    case basicConstraints = "does not say that it is of no certificate authority"
    case criticalExtension = "has the model in a critical extension"
    case wrongModel = "is for another model of authenticator"
    case wrongKey = "has a key of another kind than the signature's"

    public var description: String { rawValue }
}
