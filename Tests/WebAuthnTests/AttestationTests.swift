import Crypto
import SwiftASN1
import Testing
import X509

@testable import WebAuthn

struct AttestationTests {
    private let authenticator = SoftwareAuthenticator().creating

    private var signed: [UInt8] {
        authenticator.authenticatorData(authenticator.attestedCredentialData) + sha256(authenticator.clientData)
    }

    /// A packed statement of `manufacturer`, with a right signature.
    private func statement(
        _ manufacturer: Manufacturer, algorithm: Int64 = -7, chain: [CBOR]? = nil
    ) throws -> CBOR {
        .map([
            .text("alg"): .integer(algorithm),
            .text("sig"): .octets(Array(try manufacturer.leafKey.signature(for: signed).derRepresentation)),
            .text("x5c"): .array(try chain ?? [.octets(manufacturer.leaf())]),
        ])
    }

    private func register(
        _ statement: CBOR, format: String = "packed", anchors: [TrustAnchor] = []
    ) async throws -> Attestation {
        var relyingParty = SoftwareAuthenticator.relyingParty
        relyingParty.trustAnchors = anchors
        return try await authenticator.register(
            authenticator.attestationObject(format: format, statement: statement), relyingParty: relyingParty
        ).credential.attestation
    }

    private func expect(
        _ expected: AttestationError, _ statement: CBOR, format: String = "packed", anchors: [TrustAnchor] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        await #expect(throws: RegistrationError.attestation(expected), sourceLocation: sourceLocation) {
            try await register(statement, format: format, anchors: anchors)
        }
    }

    private func expect(
        _ expected: AttestationCertificateError, sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout Manufacturer) -> Void
    ) async throws {
        var manufacturer = Manufacturer()
        change(&manufacturer)
        await expect(.certificate(expected), try statement(manufacturer), sourceLocation: sourceLocation)
    }

    @Test(
        "a right certificate is told as untrusted without anchors, as trusted with its root, and refused with another's"
    )
    func trust() async throws {
        let (manufacturer, other) = (Manufacturer(), Manufacturer())
        let statement = try statement(manufacturer)
        #expect(try await register(statement) == .basicUntrusted)
        #expect(try await register(statement, anchors: [other.root, manufacturer.root]) == .basic)
        // The same name, another key.
        await expect(.untrusted, statement, anchors: [try other.root])
    }

    @Test("a certificate that is itself a trust anchor is trusted, while it is valid")
    func leafAsAnchor() async throws {
        var manufacturer = Manufacturer()
        let leaf = try manufacturer.leaf()
        let anchor = try #require(TrustAnchor(der: leaf))
        #expect(try await register(statement(manufacturer, chain: [.octets(leaf)]), anchors: [anchor]) == .basic)
        manufacturer.validity = 0...Vectors.now - 1
        let expired = try manufacturer.leaf()
        await expect(
            .untrusted, try statement(manufacturer, chain: [.octets(expired)]),
            anchors: [try #require(TrustAnchor(der: expired))])
    }

    @Test("certificates have to be valid at the time that is given", arguments: [-10_000, -1_001, 0, 1_001, 10_000])
    func validity(offset: Int64) async throws {
        var manufacturer = Manufacturer()
        manufacturer.validity = Vectors.now + offset - 1_000...Vectors.now + offset + 1_000
        let statement = try statement(manufacturer)
        if offset == 0 {
            #expect(try await register(statement, anchors: [manufacturer.root]) == .basic)
        } else {
            await expect(.untrusted, statement, anchors: [try manufacturer.root])
        }
    }

    @Test("a packed certificate has all that section 8.2.1 asks of it")
    func leafChecks() async throws {
        try await expect(.notVersion3) { $0.version = .v1 }
        try await expect(.subjectCountry) { $0.subject.removeFirst() }
        try await expect(.subjectCountry) { $0.subject[0].1 = "Sweden" }
        try await expect(.subjectOrganization) { $0.subject.remove(at: 1) }
        try await expect(.subjectOrganization) { $0.subject[1].1 = "" }
        try await expect(.subjectOrganizationalUnit) { $0.subject.remove(at: 2) }
        try await expect(.subjectOrganizationalUnit) { $0.subject[2].1 = "Authenticator attestation" }
        try await expect(.subjectOrganizationalUnit) { $0.subject.append($0.subject[2]) }
        try await expect(.subjectCommonName) { $0.subject.remove(at: 3) }
        try await expect(.subjectCommonName) { $0.subject[3].1 = "" }
        try await expect(.basicConstraints) { $0.basicConstraints = nil }
        try await expect(.basicConstraints) { $0.basicConstraints = .isCertificateAuthority(maxPathLength: nil) }
        try await expect(.criticalExtension) { $0.isModelCritical = true }
        try await expect(.wrongModel) { $0.model = [4, 16] + [UInt8](repeating: 0xab, count: 16) }
        try await expect(.wrongModel) { $0.model = [UInt8](repeating: 0xaa, count: 16) }
        try await expect(.wrongModel) { $0.model = [4, 15] + [UInt8](repeating: 0xaa, count: 15) }
        var silent = Manufacturer()
        silent.model = nil
        #expect(try await register(statement(silent)) == .basicUntrusted)
    }

    @Test("the algorithm is that of the certificate's key, and a supported one")
    func algorithms() async throws {
        let manufacturer = Manufacturer()
        for algorithm: Int64 in [-8, -35, -36, -257] {
            await expect(.certificate(.wrongKey), try statement(manufacturer, algorithm: algorithm))
        }
        await expect(.unsupportedAlgorithm(-37), try statement(manufacturer, algorithm: -37))
        #expect(
            AttestationError.unsupportedAlgorithm(-37).description
                == "attestation algorithm PS256 (-37) is not supported")
    }

    @Test("a signature of another key, and a chain that is none, are refused")
    func wrongStatements() async throws {
        let (manufacturer, other) = (Manufacturer(), Manufacturer())
        await expect(.invalidSignature, try statement(manufacturer, chain: [.octets(other.leaf())]))
        await expect(.malformed, try statement(manufacturer, chain: []))
        await expect(.malformed, try statement(manufacturer, chain: [.text("x")]))
        await expect(.certificate(.malformed), try statement(manufacturer, chain: [.octets([0x30, 0])]))
        await expect(.certificate(.malformed), try statement(manufacturer, chain: [.octets(manufacturer.leaf() + [0])]))
        let nine = [CBOR](repeating: .octets(try manufacturer.leaf()), count: 9)
        await expect(.malformed, try statement(manufacturer, chain: nine))
        await expect(.malformed, .map([:]))
        guard case .map(var members) = try statement(manufacturer) else { return }
        members[.text("ecdaaKeyId")] = .octets([1])
        await expect(.malformed, .map(members))
    }

    @Test("self attestation is by the credential's own key and algorithm")
    func selfAttestation() async throws {
        func statement(_ algorithm: Int64, _ key: P256.Signing.PrivateKey) throws -> CBOR {
            .map([
                .text("alg"): .integer(algorithm),
                .text("sig"): .octets(Array(try key.signature(for: signed).derRepresentation)),
            ])
        }
        #expect(try await register(statement(-7, authenticator.key)) == .selfAttested)
        await expect(.algorithmMismatch, try statement(-35, authenticator.key))
        await expect(.invalidSignature, try statement(-7, P256.Signing.PrivateKey()))
    }

    @Test("a U2F attestation signs what section 8.6 says, by a key on P-256")
    func fidoU2F() async throws {
        let manufacturer = Manufacturer()
        func statement(_ chain: [[UInt8]], over message: [UInt8]) throws -> CBOR {
            .map([
                .text("sig"): .octets(Array(try manufacturer.leafKey.signature(for: message).derRepresentation)),
                .text("x5c"): .array(chain.map { .octets($0) }),
            ])
        }
        let leaf = try manufacturer.leaf()
        let message =
            [0] + sha256(Array("portal.example.com".utf8)) + sha256(authenticator.clientData)
            + authenticator.credentialID
            + Array(authenticator.key.publicKey.x963Representation)
        #expect(try await register(statement([leaf], over: message), format: "fido-u2f") == .basicUntrusted)
        #expect(
            try await register(statement([leaf], over: message), format: "fido-u2f", anchors: [manufacturer.root])
                == .basic)
        await expect(
            .untrusted, try statement([leaf], over: message), format: "fido-u2f", anchors: [try Manufacturer().root])
        await expect(.invalidSignature, try statement([leaf], over: signed), format: "fido-u2f")
        await expect(.invalidSignature, try statement([leaf], over: [5] + message.dropFirst()), format: "fido-u2f")
        await expect(.malformed, try statement([leaf, leaf], over: message), format: "fido-u2f")
        let p384 = try manufacturer.leaf(Certificate.PublicKey(P384.Signing.PrivateKey().publicKey))
        await expect(.certificate(.wrongKey), try statement([p384], over: message), format: "fido-u2f")
    }

    @Test(
        "other formats are refused by name, whatever they contain",
        arguments: ["tpm", "android-key", "android-safetynet", "apple", "compound", "None", "packed2"])
    func formats(format: String) async throws {
        await expect(.unsupportedFormat(format), try statement(Manufacturer()), format: format)
    }
}
