import Crypto
import CryptoExtras
import SwiftASN1
import X509

/// The certificate of the key that signed an attestation.
struct AttestationCertificate: Sendable {
    let certificate: Certificate

    init(_ octets: [UInt8]) throws(AttestationError) {
        do { certificate = try Certificate(derEncoded: octets) } catch { throw .certificate(.malformed) }
    }

    /// L3 §8.2.1. The model may be named in the certificate, and must then be that of the authenticator data.
    func checkPacked(model: AAGUID) throws(AttestationError) {
        guard certificate.version == .v3 else { throw .certificate(.notVersion3) }
        guard let country = subject(.RDNAttributeType.countryName), country.utf8.count == 2 else {
            throw .certificate(.subjectCountry)
        }
        guard let organization = subject(.RDNAttributeType.organizationName), !organization.isEmpty else {
            throw .certificate(.subjectOrganization)
        }
        guard subject(.RDNAttributeType.organizationalUnitName) == "Authenticator Attestation" else {
            throw .certificate(.subjectOrganizationalUnit)
        }
        guard let name = subject(.RDNAttributeType.commonName), !name.isEmpty else {
            throw .certificate(.subjectCommonName)
        }
        // `try?`: an extension that cannot be read does not say what it must.
        guard case .notCertificateAuthority? = try? certificate.extensions.basicConstraints else {
            throw .certificate(.basicConstraints)
        }
        guard let `extension` = certificate.extensions[oid: Self.modelExtension] else { return }
        guard !`extension`.critical else { throw .certificate(.criticalExtension) }
        // `try?`: an extension that is no octet string names no model.
        guard let value = try? ASN1OctetString(derEncoded: `extension`.value), AAGUID(value.bytes) == model else {
            throw .certificate(.wrongModel)
        }
    }

    /// The certificate's key, for signatures of `algorithm`.
    func key(for algorithm: COSEAlgorithm) throws(AttestationError) -> VerifyingKey {
        let key: VerifyingKey? =
            switch algorithm {
            case .es256: P256.Signing.PublicKey(certificate.publicKey).map { .es256($0) }
            case .es384: P384.Signing.PublicKey(certificate.publicKey).map { .es384($0) }
            case .es512: P521.Signing.PublicKey(certificate.publicKey).map { .es512($0) }
            case .edDSA: Curve25519.Signing.PublicKey(certificate.publicKey).map { .edDSA($0) }
            case .rs256:
                _RSA.Signing.PublicKey(certificate.publicKey).flatMap {
                    COSEKey.modulusSizes.contains($0.keySizeInBits) ? .rs256($0) : nil
                }
            }
        guard let key else { throw .certificate(.wrongKey) }
        return key
    }

    /// The subject's only attribute of `type`; nil if there is none, or more than one.
    private func subject(_ type: ASN1ObjectIdentifier) -> String? {
        let attributes = certificate.subject.joined().filter { $0.type == type }
        guard attributes.count == 1 else { return nil }
        return String(attributes[0].value)
    }

    /// `id-fido-gen-ce-aaguid`.
    private static let modelExtension: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 45724, 1, 1, 4]
}
