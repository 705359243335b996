import Foundation
import SwiftASN1
@_spi(FixedExpiryValidationTime) import X509

/// A certificate that a relying party trusts to vouch for authenticators: a manufacturer's root, or an attestation certificate itself.
public struct TrustAnchor: Hashable, Sendable {
    let certificate: Certificate

    /// `der` is one certificate; nil if it is not.
    public init?(der: [UInt8]) {
        // `try?`: the caller knows which file it read.
        guard let certificate = try? Certificate(derEncoded: der) else { return nil }
        self.certificate = certificate
    }

    /// Whether `chain`, whose first certificate is the one that signed, leads to one of `anchors` with every certificate valid at `seconds`
    /// since 1970 (L3 §7.1 step 24).
    static func vouch(_ anchors: [TrustAnchor], for chain: [Certificate], at seconds: Int64) async -> Bool {
        guard let leaf = chain.first else { return false }
        let moment = Date(timeIntervalSince1970: Double(seconds))
        if anchors.contains(where: { $0.certificate == leaf }) {
            return leaf.notValidBefore <= moment && moment <= leaf.notValidAfter
        }
        var verifier = Verifier(rootCertificates: CertificateStore(anchors.map(\.certificate))) {
            RFC5280Policy(fixedExpiryValidationTime: moment)
        }
        let result = await verifier.validate(leaf: leaf, intermediates: CertificateStore(chain.dropFirst()))
        guard case .validCertificate = result else { return false }
        return true
    }
}
