import Crypto
import LatchkeyTesting
import Testing

@testable import WebAuthn

struct RegistrationTests {
    private let authenticator = SoftwareAuthenticator().creating

    private func expect(
        _ expected: RegistrationError, _ authenticator: SoftwareAuthenticator, object: [UInt8]? = nil,
        relyingParty: RelyingParty = SoftwareAuthenticator.relyingParty, userVerification: UserVerification = .required,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        await #expect(throws: expected, sourceLocation: sourceLocation) {
            try await authenticator.register(
                object, relyingParty: relyingParty, userVerification: userVerification)
        }
    }

    @Test("a new credential is told with all that is to be stored")
    func registers() async throws {
        var authenticator = authenticator
        authenticator.flags = 0x5d
        authenticator.signCount = 0x0102_0304
        let registration = try await authenticator.register(transports: "[\"usb\",\"nfc\",\"usb\",\"later-one\"]")
        #expect(
            registration.credential
                == StoredCredential(
                    id: try #require(CredentialID(0..<32)), publicKey: authenticator.coseKey.octets,
                    signCount: 0x0102_0304,
                    isUserVerificationInitialized: true, isBackupEligible: true, isBackedUp: true,
                    transports: [try #require(AuthenticatorTransport(rawValue: "later-one")), .nfc, .usb],
                    aaguid: try #require(AAGUID([UInt8](repeating: 0xaa, count: 16))), attestation: .none))
        #expect(registration.isUserVerified)
        #expect(registration.isDiscoverable == true)
        #expect(registration.algorithm == .es256)
    }

    @Test("the flags decide", arguments: UInt8.min...UInt8.max)
    func flags(flags: UInt8) async throws {
        var authenticator = authenticator
        authenticator.flags = flags
        // What the flags announce is there, so that it is the flags that are judged.
        authenticator.extensions = flags & 0x80 != 0 ? CBOR.map([.text("credProtect"): .integer(2)]).octets : []
        let data = authenticator.authenticatorData(flags & 0x40 != 0 ? authenticator.attestedCredentialData : [])
        let object = authenticator.attestationObject(data: data)
        let expected: RegistrationError? =
            if flags & 0x01 == 0 {
                .authenticatorData(.userNotPresent)
            } else if flags & 0x04 == 0 {
                .authenticatorData(.userNotVerified)
            } else if flags & 0x18 == 0x10 {
                .authenticatorData(.backedUpButNotEligible)
            } else if flags & 0x40 == 0 {
                .authenticatorData(.attestedCredentialMissing)
            } else {
                nil
            }
        if let expected {
            await expect(expected, authenticator, object: object)
        } else {
            let credential = try await authenticator.register(object).credential
            #expect(credential.isBackupEligible == (flags & 0x08 != 0))
            #expect(credential.isBackedUp == (flags & 0x10 != 0))
        }
    }

    @Test("a flag without what it announces, or the other way around, is refused")
    func announcements() async throws {
        let data = authenticator.authenticatorData(authenticator.attestedCredentialData)
        for (bit, expected): (UInt8, AuthenticatorDataError) in [
            (0x40, .trailingOctets), (0x80, .extensions(.truncated)),
        ] {
            var changed = data
            changed[32] ^= bit
            await expect(
                .authenticatorData(expected), authenticator, object: authenticator.attestationObject(data: changed))
        }
    }

    @Test("user verification is required only where it is", arguments: [UserVerification.preferred, .discouraged])
    func userVerification(requirement: UserVerification) async throws {
        var authenticator = authenticator
        authenticator.flags = 0x41
        await expect(.authenticatorData(.userNotVerified), authenticator)
        let registration = try await authenticator.register(userVerification: requirement)
        #expect(!registration.isUserVerified)
        #expect(!registration.credential.isUserVerificationInitialized)
    }

    @Test("each of the relying party's origins is allowed, and nothing that resembles one")
    func origins() async throws {
        var authenticator = authenticator
        for origin in SoftwareAuthenticator.relyingParty.origins {
            authenticator.origin = origin
            #expect(try await authenticator.register().credential.attestation == .none)
        }
        for origin in [
            "http://portal.example.com", "https://portal.example.com:443", "https://portal.example.com/",
            "https://Portal.example.com", "https://example.com", "https://portal.example.com.evil.example",
            "https://evil-portal.example.com", "null",
        ] {
            authenticator.origin = origin
            await expect(.clientData(.originNotAllowed(origin)), authenticator)
        }
        authenticator.origin = "https://portal.example.com\\u0000"
        await expect(.clientData(.missingMember("origin")), authenticator)
        authenticator.origin = "https://" + String(repeating: "a", count: 300)
        await expect(.clientData(.missingMember("origin")), authenticator)
    }

    @Test("another challenge, another kind of ceremony, another relying party is refused")
    func otherCeremony() async throws {
        var other = authenticator
        other.challengeText = Base64URL.encode([UInt8](repeating: 8, count: 32))
        await expect(.clientData(.wrongChallenge), other)
        other.challengeText = Base64URL.encode([UInt8](repeating: 7, count: 31))
        await expect(.clientData(.wrongChallenge), other)
        other.challengeText = authenticator.challengeText + "="
        await expect(.clientData(.missingMember("challenge")), other)
        other = authenticator
        for type in ["webauthn.get", "webauthn.create ", "payment.get", ""] {
            other.type = type
            await expect(.clientData(.wrongType), other)
        }
        other = authenticator
        other.relyingPartyID = "example.com"
        await expect(.authenticatorData(.wrongRelyingParty), other)
    }

    @Test("a page in a frame is refused, whatever the authenticator says")
    func frames() async throws {
        var framed = authenticator
        framed.clientDataMembers = ",\"crossOrigin\":true"
        await expect(.clientData(.crossOriginNotAllowed), framed)
        framed.clientDataMembers = ",\"crossOrigin\":false,\"topOrigin\":\"https://a.example\""
        await expect(.clientData(.topOriginNotAllowed("https://a.example")), framed)
        var lenient = SoftwareAuthenticator.relyingParty
        lenient.frames = .allowed(topOrigins: ["https://a.example"])
        await expect(.clientData(.topOriginNotAllowed("https://a.example")), framed, relyingParty: lenient)
        framed.clientDataMembers = ",\"crossOrigin\":\"true\""
        await expect(.clientData(.missingMember("crossOrigin")), framed)
        framed.clientDataMembers = ",\"crossOrigin\":false,\"tokenBinding\":{\"status\":\"supported\"}"
        #expect(try await framed.register().credential.attestation == .none)
    }

    @Test("client data with a member twice, or with anything after it, is refused")
    func clientDataStrictness() async throws {
        var other = authenticator
        other.clientDataMembers = ",\"origin\":\"https://portal.example.com\""
        await expect(.clientData(.malformed(.duplicateName)), other)
        other.clientDataMembers = ",\"\\u006frigin\":\"https://portal.example.com\""
        await expect(.clientData(.malformed(.duplicateName)), other)
        other.clientDataMembers = "} "
        await expect(.clientData(.malformed(.syntax)), other)
        other.clientDataMembers = ",\"x\":\"\(String(repeating: "x", count: CollectedClientData.maximumLength))\""
        await expect(.clientData(.malformed(.tooLong)), other)
    }

    @Test("the response must be for the credential that the authenticator made")
    func credentialID() async throws {
        let vector = try Vectors.named("none.ES256")
        let response = try vector.registrationResponse(id: "00ff")
        await #expect(throws: RegistrationError.credentialIDMismatch) {
            try await Vectors.relyingParty.verify(
                registration: response, challenge: vector.registrationChallenge, userVerification: .discouraged,
                at: Vectors.now)
        }
    }

    @Test("credential ids have 1 to 1023 octets", arguments: [0, 1, 1_023, 1_024, 20_000])
    func credentialIDLength(length: Int) async throws {
        var authenticator = authenticator
        authenticator.credentialID = [UInt8](repeating: 1, count: length)
        let data = try? AuthenticatorData(authenticator.authenticatorData(authenticator.attestedCredentialData))
        #expect((data != nil) == (1...1_023).contains(length))
        if (1...1_023).contains(length) {
            #expect(try await authenticator.register().credential.id.octets.count == length)
        } else {
            #expect(throws: ResponseError.missingMember("rawId")) {
                try RegistrationResponse(
                    json: registrationJSON(
                        id: Base64URL.encode(authenticator.credentialID), clientData: [], object: []))
            }
        }
    }

    @Test("an algorithm that was not asked for is refused, though it is supported")
    func notOffered() async throws {
        var relyingParty = SoftwareAuthenticator.relyingParty
        relyingParty.algorithms = [.edDSA]
        await expect(.algorithmNotOffered(.es256), authenticator, relyingParty: relyingParty)
    }

    @Test("authenticator data that is cut short or goes on is refused", arguments: 0..<165)
    func length(length: Int) async throws {
        let data = authenticator.authenticatorData(authenticator.attestedCredentialData)
        try #require(data.count == 164)
        let cut = length < data.count ? Array(data.prefix(length)) : length == data.count ? data + [0] : data + data
        let error = await #expect(throws: RegistrationError.self) {
            try await authenticator.register(authenticator.attestationObject(data: cut))
        }
        switch error {
        case .authenticatorData(.tooShort), .authenticatorData(.trailingOctets), .publicKey(.malformed(.truncated)):
            break
        default: Issue.record("refused as \(String(describing: error))")
        }
    }

    @Test("extension data is a map from names, and the last thing there is")
    func extensions() async throws {
        var authenticator = authenticator
        authenticator.flags |= 0x80
        let uvm = CBOR.array([.array([.integer(2), .integer(4), .integer(2)])])
        authenticator.extensions = CBOR.map([.text("uvm"): uvm, .text("hmac-secret"): .bool(true)]).octets
        #expect(try await authenticator.register().credential.attestation == .none)
        for (octets, expected): ([UInt8], AuthenticatorDataError) in [
            ([], .extensions(.truncated)), ([0x80], .extensions(.unsupportedKind)),
            (CBOR.map([.integer(1): .null]).octets, .extensions(.unsupportedKind)), ([0xa0, 0x00], .trailingOctets),
            ([0xbf, 0xff], .extensions(.indefiniteLength)),
        ] {
            authenticator.extensions = octets
            await expect(.authenticatorData(expected), authenticator)
        }
    }

    @Test("an attestation object lacks none of its three members, and is followed by nothing")
    func attestationObject() async throws {
        let object = authenticator.attestationObject()
        let data = CBOR.octets(authenticator.authenticatorData(authenticator.attestedCredentialData))
        for (octets, expected): ([UInt8], AttestationObjectError) in [
            ([], .malformed(.truncated)), (object + [0], .malformed(.trailingOctets)), ([0x80], .missingMember("fmt")),
            (CBOR.map([.text("attStmt"): .map([:]), .text("authData"): data]).octets, .missingMember("fmt")),
            (CBOR.map([.text("fmt"): .text("none"), .text("authData"): data]).octets, .missingMember("attStmt")),
            (CBOR.map([.text("fmt"): .text("none"), .text("attStmt"): .map([:])]).octets, .missingMember("authData")),
            (
                CBOR.map([.text("fmt"): .text("no\nne"), .text("attStmt"): .map([:]), .text("authData"): data]).octets,
                .missingMember("fmt")
            ),
            ([UInt8](repeating: 0, count: CBORReader.maximumLength + 1), .malformed(.tooLong)),
        ] {
            await expect(.attestationObject(expected), authenticator, object: octets)
        }
    }

    @Test("attestation none comes with an empty statement")
    func noneWithStatement() async throws {
        let object = authenticator.attestationObject(statement: .map([.text("sig"): .octets([0])]))
        await expect(.attestation(.malformed), authenticator, object: object)
    }

    /// `none` signs nothing, so this is about self attestation: there every octet is covered.
    @Test("no octet of a signed registration can be changed", arguments: 0..<8)
    func everyOctet(part: Int) async throws {
        let vector = try Vectors.named("packed-self.ES256")
        let count = octets(vector.registration.attestationObject).count
        var accepted: [Int] = []
        for place in stride(from: part, to: count, by: 8) {
            let response = try vector.registrationResponse(object: { object in
                var changed = object
                changed[place] ^= 0x01
                return changed
            })
            do {
                _ = try await Vectors.relyingParty.verify(
                    registration: response, challenge: vector.registrationChallenge, userVerification: .discouraged,
                    at: Vectors.now)
                accepted.append(place)
            } catch {}
        }
        #expect(accepted.isEmpty)
    }

    @Test("no octet of the client data of a signed registration can be changed")
    func everyOctetOfTheClientData() async throws {
        let vector = try Vectors.named("packed-self.ES256")
        for place in octets(vector.registration.clientDataJSON).indices {
            let response = try vector.registrationResponse(clientData: { clientData in
                var changed = clientData
                changed[place] ^= 0x01
                return changed
            })
            await #expect(throws: RegistrationError.self) {
                try await Vectors.relyingParty.verify(
                    registration: response, challenge: vector.registrationChallenge, userVerification: .discouraged,
                    at: Vectors.now)
            }
        }
    }

    @Test("noise, and objects with noise in them, are refused or read, and never trap", arguments: UInt64(0)..<8)
    func noise(seed: UInt64) async throws {
        var rng = SplitMix64(seed: seed)
        let objects = Vectors.all.vectors.map { octets($0.registration.attestationObject) }
        for _ in 0..<400 {
            var object = try #require(objects.randomElement(using: &rng))
            for _ in 0..<Int.random(in: 1...6, using: &rng) {
                let place = Int.random(in: 0..<object.count, using: &rng)
                switch Int.random(in: 0..<4, using: &rng) {
                case 0: object[place] = .random(in: 0...255, using: &rng)
                case 1: object.insert(.random(in: 0...255, using: &rng), at: place)
                case 2 where object.count > 1: object.remove(at: place)
                default: object.removeSubrange(place..<min(place + 40, object.count))
                }
                if object.isEmpty { object = [0] }
            }
            if Bool.random(using: &rng) { object = (0..<200).map { _ in .random(in: 0...255, using: &rng) } }
            guard let read = try? AttestationObject(object) else { continue }
            _ = try? AttestationStatement(format: read.format, read.statement)
            if let key = read.authenticatorData.attestedCredential?.key { _ = try? CredentialPublicKey(key) }
        }
    }
}
