/// An attestation statement of a supported format (L3 §8), taken apart; nothing of it is verified yet.
enum AttestationStatement: Hashable, Sendable {
    /// L3 §8.7.
    case none
    /// Signed with the credential's own key (L3 §8.2).
    case packedSelf(algorithm: COSEAlgorithm, signature: [UInt8])
    /// Signed with the key of the first of `certificates` (L3 §8.2).
    case packed(algorithm: COSEAlgorithm, signature: [UInt8], certificates: [[UInt8]])
    /// L3 §8.6.
    case fidoU2F(signature: [UInt8], certificate: [UInt8])

    /// Certificates of one statement; chains are of two or three.
    static let maximumCertificates = 8

    init(format: String, _ statement: CBOR) throws(AttestationError) {
        guard case .map(let members) = statement else { throw .malformed }
        switch format {
        case "none":
            guard members.isEmpty else { throw .malformed }
            self = .none
        case "packed":
            guard case .integer(let number) = members[.text("alg")], case .octets(let signature) = members[.text("sig")]
            else { throw .malformed }
            guard let algorithm = COSEAlgorithm(rawValue: Int(number)) else { throw .unsupportedAlgorithm(Int(number)) }
            if let chain = members[.text("x5c")] {
                guard members.count == 3 else { throw .malformed }
                self = .packed(
                    algorithm: algorithm, signature: signature, certificates: try Self.certificates(chain))
            } else {
                guard members.count == 2 else { throw .malformed }
                self = .packedSelf(algorithm: algorithm, signature: signature)
            }
        case "fido-u2f":
            guard members.count == 2, case .octets(let signature) = members[.text("sig")],
                let chain = members[.text("x5c")]
            else { throw .malformed }
            let certificates = try Self.certificates(chain)
            guard certificates.count == 1 else { throw .malformed }
            self = .fidoU2F(signature: signature, certificate: certificates[0])
        default:
            throw .unsupportedFormat(format)
        }
    }

    private static func certificates(_ chain: CBOR) throws(AttestationError) -> [[UInt8]] {
        guard case .array(let items) = chain, (1...maximumCertificates).contains(items.count) else { throw .malformed }
        var certificates: [[UInt8]] = []
        for item in items {
            guard case .octets(let certificate) = item else { throw .malformed }
            certificates.append(certificate)
        }
        return certificates
    }
}
