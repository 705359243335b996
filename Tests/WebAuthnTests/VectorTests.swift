import Testing

@testable import WebAuthn

/// Every credential of the specification's section "Test Vectors".
struct VectorTests {
    private static let formats = ["none", "packed", "fido-u2f"]
    static let supported = Vectors.all.vectors.filter {
        formats.contains($0.attestationFormat) && COSEAlgorithm(rawValue: $0.coseAlgorithm) != nil
    }
    private static let unsupportedFormats = Vectors.all.vectors.filter { !formats.contains($0.attestationFormat) }

    @Test("fifteen credentials are published, eleven of them of a supported kind")
    func count() {
        #expect(Vectors.all.vectors.count == 15)
        #expect(Self.supported.count == 11)
        #expect(Self.unsupportedFormats.map(\.attestationFormat).sorted() == ["android-key", "apple", "tpm"])
    }

    @Test("a supported credential registers, as what it is", arguments: supported)
    func registers(vector: Vector) async throws {
        let registration = try await vector.register()
        let credential = registration.credential
        #expect(credential.id.octets == octets(vector.registration.credential_id))
        #expect(credential.publicKey == octets(vector.registration.decoded.credentialPublicKeyCose))
        #expect(credential.aaguid.octets == octets(vector.registration.aaguid))
        #expect(credential.signCount == 0)
        #expect(credential.isBackupEligible == vector.registration.decoded.flags["BE"])
        #expect(credential.isBackedUp == vector.registration.decoded.flags["BS"])
        #expect(registration.isUserVerified == vector.registration.decoded.flags["UV"])
        #expect(credential.isUserVerificationInitialized == registration.isUserVerified)
        #expect(registration.algorithm.rawValue == vector.coseAlgorithm)
        #expect(registration.isDiscoverable == true)
        let expected: Attestation =
            switch vector.attestationType {
            case "none": .none
            case "self": .selfAttested
            default: .basicUntrusted
            }
        #expect(credential.attestation == expected)
    }

    @Test("with the root that issued its certificate as trust anchor, an attestation is trusted", arguments: supported)
    func trusted(vector: Vector) async throws {
        var relyingParty = Vectors.relyingParty
        relyingParty.trustAnchors = [try Vectors.root]
        let attestation = try await vector.register(relyingParty).credential.attestation
        #expect((attestation == .basic) == (vector.attestationType == "basic"))
        #expect(attestation != .basicUntrusted)
    }

    @Test("a supported credential signs in", arguments: supported)
    func signsIn(vector: Vector) async throws {
        let stored = try await vector.register().credential
        let owner = try #require(UserHandle([1, 2, 3]))
        let authentication = try Vectors.relyingParty.verify(
            authentication: vector.authenticationResponse(), challenge: vector.authenticationChallenge,
            credential: stored,
            owner: owner, identification: .beforehand(allowed: [stored.id]), userVerification: .discouraged)
        #expect(authentication.isUserVerified == vector.authentication.decoded.flags["UV"])
        #expect(authentication.credential.isBackedUp == vector.authentication.decoded.flags["BS"])
        #expect(authentication.credential.signCount == 0)
        #expect(!authentication.isPossibleClone)
    }

    @Test("one credential's signature is wrong for another's key", arguments: supported)
    func otherKey(vector: Vector) async throws {
        for other in Self.supported where other.name != vector.name {
            let key = try CredentialPublicKey(cose: octets(other.registration.decoded.credentialPublicKeyCose))
            let signed =
                octets(vector.authentication.authenticatorData) + sha256(octets(vector.authentication.clientDataJSON))
            #expect(!key.isValid(signature: octets(vector.authentication.signature), over: signed))
        }
    }

    @Test("an unsupported attestation format is refused by its name", arguments: unsupportedFormats)
    func unsupportedFormat(vector: Vector) async throws {
        let error = await #expect(throws: RegistrationError.self) { try await vector.register() }
        #expect(error == .attestation(.unsupportedFormat(vector.attestationFormat)))
        #expect(error?.description == "attestation format \(vector.attestationFormat) is not supported")
    }

    @Test("an unsupported algorithm is refused by its name")
    func unsupportedAlgorithm() async throws {
        let vector = try Vectors.named("packed.Ed448")
        let error = await #expect(throws: RegistrationError.self) { try await vector.register() }
        #expect(error == .publicKey(.unsupportedAlgorithm(-53)))
        #expect(error?.description == "algorithm Ed448 (-53) is not supported")
    }

    @Test("frames are refused unless they are allowed, and then only those of the origins named")
    func frames() async throws {
        let (cross, top) = (try Vectors.named("none.ES256.crossOrigin"), try Vectors.named("none.ES256.topOrigin"))
        var relyingParty = Vectors.relyingParty
        relyingParty.frames = .refused
        await #expect(throws: RegistrationError.clientData(.crossOriginNotAllowed)) {
            try await cross.register(relyingParty)
        }
        await #expect(throws: RegistrationError.clientData(.topOriginNotAllowed("https://example.com"))) {
            try await top.register(relyingParty)
        }
        relyingParty.frames = .allowed(topOrigins: ["https://example.com:8443"])
        #expect(try await cross.register(relyingParty).credential.attestation == .none)
        await #expect(throws: RegistrationError.clientData(.topOriginNotAllowed("https://example.com"))) {
            try await top.register(relyingParty)
        }
    }
}
