import Crypto
import Foundation
import SwiftASN1
import X509

@testable import WebAuthn

/// Issues attestation certificates, right ones unless a test wants something wrong with them.
struct Manufacturer {
    static let modelExtension: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 45724, 1, 1, 4]

    let rootKey = P256.Signing.PrivateKey()
    let leafKey = P256.Signing.PrivateKey()
    var version = Certificate.Version.v3
    var subject: [(ASN1ObjectIdentifier, String)] = [
        (.RDNAttributeType.countryName, "SE"), (.RDNAttributeType.organizationName, "Example Keys"),
        (.RDNAttributeType.organizationalUnitName, "Authenticator Attestation"),
        (.RDNAttributeType.commonName, "Example Keys Attestation 1"),
    ]
    var basicConstraints: BasicConstraints? = .notCertificateAuthority
    /// The value of the extension with the model.
    var model: [UInt8]? = [4, 16] + [UInt8](repeating: 0xaa, count: 16)
    var isModelCritical = false
    /// Seconds since 1970, about ``Vectors/now``.
    var validity: ClosedRange<Int64> = Vectors.now - 1_000...Vectors.now + 1_000

    var root: TrustAnchor {
        get throws {
            let certificate = try issue(
                rootName(), key: Certificate.PublicKey(rootKey.publicKey),
                extensions: [
                    Certificate.Extension(BasicConstraints.isCertificateAuthority(maxPathLength: nil), critical: true)
                ],
                version: .v3)
            guard let anchor = TrustAnchor(der: try der(certificate)) else { throw NoCertificate() }
            return anchor
        }
    }

    func leaf() throws -> [UInt8] { try leaf(Certificate.PublicKey(leafKey.publicKey)) }

    func leaf(_ key: Certificate.PublicKey) throws -> [UInt8] {
        var extensions: [Certificate.Extension] = []
        if let basicConstraints { extensions.append(try Certificate.Extension(basicConstraints, critical: true)) }
        if let model {
            extensions.append(
                Certificate.Extension(oid: Self.modelExtension, critical: isModelCritical, value: model[...]))
        }
        let names = try subject.map { try RelativeDistinguishedName.Attribute(type: $0.0, printableString: $0.1) }
        return try der(
            issue(
                DistinguishedName(names.map { RelativeDistinguishedName($0) }), key: key,
                extensions: version == .v3 ? extensions : [], version: version))
    }

    private func rootName() throws -> DistinguishedName {
        DistinguishedName([
            RelativeDistinguishedName(
                try RelativeDistinguishedName.Attribute(
                    type: .RDNAttributeType.commonName, printableString: "Example Root"))
        ])
    }

    private func issue(
        _ subject: DistinguishedName, key: Certificate.PublicKey, extensions: [Certificate.Extension],
        version: Certificate.Version
    ) throws -> Certificate {
        try Certificate(
            version: version, serialNumber: Certificate.SerialNumber(bytes: [1, 2, 3]), publicKey: key,
            notValidBefore: Date(timeIntervalSince1970: Double(validity.lowerBound)),
            notValidAfter: Date(timeIntervalSince1970: Double(validity.upperBound)), issuer: rootName(),
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256, extensions: Certificate.Extensions(extensions),
            issuerPrivateKey: Certificate.PrivateKey(rootKey))
    }

    private func der(_ certificate: Certificate) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }

    struct NoCertificate: Error {}
}
