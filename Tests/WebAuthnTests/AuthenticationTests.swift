import Crypto
import LatchkeyTesting
import Testing

@testable import WebAuthn

struct AuthenticationTests {
    private let authenticator: SoftwareAuthenticator
    private let owner: UserHandle
    private let challenge: Challenge

    init() throws {
        var authenticator = SoftwareAuthenticator()
        authenticator.type = "webauthn.get"
        self.authenticator = authenticator
        owner = try #require(SoftwareAuthenticator.owner)
        challenge = try #require(SoftwareAuthenticator.challenge)
    }

    private func verify(
        _ response: AuthenticationResponse, _ stored: StoredCredential? = nil,
        identification: Identification = .beforehand(allowed: []), userVerification: UserVerification = .required,
        clones: CloneRule = .refuse
    ) throws -> Authentication {
        try SoftwareAuthenticator.relyingParty.verify(
            authentication: response, challenge: challenge, credential: stored ?? authenticator.stored, owner: owner,
            identification: identification, userVerification: userVerification, clones: clones)
    }

    private func expect(
        _ expected: AuthenticationError, _ authenticator: SoftwareAuthenticator,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let response = try authenticator.response()
        #expect(throws: expected, sourceLocation: sourceLocation) { try verify(response) }
    }

    @Test("a credential signs in")
    func signsIn() throws {
        let authentication = try verify(authenticator.response())
        #expect(authentication.isUserVerified)
        #expect(!authentication.isPossibleClone)
        #expect(authentication.credential == authenticator.stored)
    }

    @Test("the flags decide", arguments: UInt8.min...UInt8.max, [false, true])
    func flags(flags: UInt8, isBackupEligible: Bool) throws {
        var authenticator = authenticator
        authenticator.flags = flags
        authenticator.extensions = flags & 0x80 != 0 ? CBOR.map([.text("uvm"): .array([])]).octets : []
        let stored = StoredCredential(
            id: authenticator.stored.id, publicKey: authenticator.stored.publicKey, signCount: 0,
            isUserVerificationInitialized: false, isBackupEligible: isBackupEligible, isBackedUp: false, transports: [],
            aaguid: .unknown, attestation: .none)
        let data = authenticator.authenticatorData(flags & 0x40 != 0 ? authenticator.attestedCredentialData : [])
        let response = try authenticator.response(data: data)
        let expected: AuthenticationError? =
            if flags & 0x01 == 0 {
                .authenticatorData(.userNotPresent)
            } else if flags & 0x04 == 0 {
                .authenticatorData(.userNotVerified)
            } else if flags & 0x18 == 0x10 {
                .authenticatorData(.backedUpButNotEligible)
            } else if flags & 0x40 != 0 {
                .authenticatorData(.attestedCredentialUnexpected)
            } else if (flags & 0x08 != 0) != isBackupEligible {
                .backupEligibilityChanged
            } else {
                nil
            }
        if let expected {
            #expect(throws: expected) { try verify(response, stored) }
        } else {
            let credential = try verify(response, stored).credential
            #expect(credential.isBackedUp == (flags & 0x10 != 0))
            #expect(credential.isUserVerificationInitialized == false)
        }
    }

    @Test("user verification is required only where it is", arguments: [UserVerification.preferred, .discouraged])
    func userVerification(requirement: UserVerification) throws {
        var authenticator = authenticator
        authenticator.flags = 0x01
        try expect(.authenticatorData(.userNotVerified), authenticator)
        #expect(try !verify(authenticator.response(), userVerification: requirement).isUserVerified)
    }

    @Test("another origin, challenge, kind of ceremony or relying party is refused, though it is signed")
    func otherCeremony() throws {
        var other = authenticator
        other.origin = "https://portal.example.net"
        try expect(.clientData(.originNotAllowed("https://portal.example.net")), other)
        other = authenticator
        other.challengeText = Base64URL.encode([UInt8](repeating: 8, count: 32))
        try expect(.clientData(.wrongChallenge), other)
        other = authenticator
        other.type = "webauthn.create"
        try expect(.clientData(.wrongType), other)
        other = authenticator
        other.relyingPartyID = "example.com"
        try expect(.authenticatorData(.wrongRelyingParty), other)
        other = authenticator
        other.clientDataMembers = ",\"crossOrigin\":true,\"topOrigin\":\"https://evil.example\""
        try expect(.clientData(.topOriginNotAllowed("https://evil.example")), other)
    }

    @Test("what follows the authenticator data is refused, though it is signed")
    func trailing() throws {
        let response = try authenticator.response(data: authenticator.authenticatorData() + [0])
        #expect(throws: AuthenticationError.authenticatorData(.trailingOctets)) { try verify(response) }
        let short = try authenticator.response(data: Array(authenticator.authenticatorData().dropLast()))
        #expect(throws: AuthenticationError.authenticatorData(.tooShort)) { try verify(short) }
    }

    /// Stored, received, whether it may be a clone.
    @Test(
        "a sign count that does not grow may be a clone, unless nobody counts",
        arguments: [
            (0, 0, false), (0, 1, false), (5, 6, false), (5, 5, true), (5, 4, true), (5, 0, true), (1, 0, true),
            (UInt32.max, UInt32.max, true), (UInt32.max - 1, UInt32.max, false),
        ])
    func signCount(stored: UInt32, received: UInt32, isClone: Bool) throws {
        var (authenticator, credential) = (authenticator, authenticator.stored)
        credential.signCount = stored
        authenticator.signCount = received
        let response = try authenticator.response()
        if isClone {
            #expect(throws: AuthenticationError.signCountDidNotGrow(stored: stored, received: received)) {
                try verify(response, credential)
            }
        } else {
            #expect(try verify(response, credential).credential.signCount == received)
        }
        let reported = try verify(response, credential, clones: .report)
        #expect(reported.isPossibleClone == isClone)
        #expect(reported.credential.signCount == max(stored, received))
    }

    @Test("without a name typed before, the response must say whose account it is for")
    func userHandle() throws {
        let stranger = try #require(UserHandle([UInt8](repeating: 1, count: 64)))
        #expect(throws: AuthenticationError.userHandleMissing) {
            try verify(authenticator.response(), identification: .byResponse)
        }
        for identification in [Identification.byResponse, .beforehand(allowed: [])] {
            #expect(throws: AuthenticationError.userHandleMismatch) {
                try verify(authenticator.response(userHandle: stranger), identification: identification)
            }
            #expect(
                try verify(authenticator.response(userHandle: owner), identification: identification).isUserVerified)
        }
    }

    @Test("only a credential that was asked for signs in, and only with its own record")
    func credentials() throws {
        let other = try #require(CredentialID([1, 2, 3]))
        #expect(throws: AuthenticationError.credentialNotAllowed) {
            try verify(authenticator.response(), identification: .beforehand(allowed: [other]))
        }
        let both = Identification.beforehand(allowed: [other, authenticator.stored.id])
        #expect(try verify(authenticator.response(), identification: both).isUserVerified)
        var elsewhere = authenticator
        elsewhere.credentialID = [1, 2, 3]
        #expect(throws: AuthenticationError.credentialIDMismatch) { try verify(elsewhere.response()) }
    }

    @Test("a signature is of its credential's key, in strict DER, with r and s in range")
    func signatures() throws {
        var other = authenticator
        other.key = P256.Signing.PrivateKey()
        try expect(.invalidSignature, other)
        let order = octets("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        let zero = [UInt8](repeating: 0, count: 32)
        let changes: [([UInt8]) -> [UInt8]] = [
            { _ in [] }, { $0 + [0] }, { Array($0.dropLast()) }, { [0x30, 0x81] + $0.dropFirst() },
            { signature in
                var changed = signature
                changed[changed.count - 1] ^= 1
                return changed
            },
            { _ in [0x30, 6, 2, 1, 0, 2, 1, 0] }, { _ in [0x30, 6, 2, 1, 1, 2, 1, 0] },
            { _ in [0x30, 70, 2, 33, 0] + order + [2, 33, 0] + order }, { _ in zero + zero },
        ]
        for change in changes {
            #expect(throws: AuthenticationError.invalidSignature) { try verify(authenticator.response(tamper: change)) }
        }
    }

    @Test("a stored key that is none is told as that")
    func storedKey() throws {
        let stored = StoredCredential(
            id: authenticator.stored.id, publicKey: [0xa0], signCount: 0, isUserVerificationInitialized: true,
            isBackupEligible: false, isBackedUp: false, transports: [], aaguid: .unknown, attestation: .none)
        #expect(throws: AuthenticationError.publicKey(.notAKey)) { try verify(authenticator.response(), stored) }
    }

    @Test("no octet of a response can be changed", arguments: VectorTests.supported)
    func everyOctet(vector: Vector) async throws {
        let stored = try await vector.register().credential
        func accepts(_ response: AuthenticationResponse) throws -> Bool {
            do {
                _ = try Vectors.relyingParty.verify(
                    authentication: response, challenge: vector.authenticationChallenge, credential: stored,
                    owner: owner,
                    identification: .beforehand(allowed: []), userVerification: .discouraged, clones: .report)
                return true
            } catch {
                return false
            }
        }
        #expect(try accepts(vector.authenticationResponse()))
        func flipping(_ place: Int) -> ([UInt8]) -> [UInt8] {
            { octets in
                var changed = octets
                changed[place] ^= 0x01
                return changed
            }
        }
        let parts = vector.authentication
        for place in octets(parts.authenticatorData).indices {
            #expect(try !accepts(vector.authenticationResponse(authenticatorData: flipping(place))))
        }
        for place in octets(parts.clientDataJSON).indices {
            #expect(try !accepts(vector.authenticationResponse(clientData: flipping(place))))
        }
        for place in octets(parts.signature).indices {
            #expect(try !accepts(vector.authenticationResponse(signature: flipping(place))))
        }
    }

    @Test("noise is refused and never traps", arguments: UInt64(0)..<4)
    func noise(seed: UInt64) throws {
        var rng = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let data = (0..<Int.random(in: 0...120, using: &rng)).map { _ in UInt8.random(in: 0...255, using: &rng) }
            let clientData = (0..<Int.random(in: 0...60, using: &rng)).map { _ in
                UInt8.random(in: 0x20...0x7f, using: &rng)
            }
            let response = try AuthenticationResponse(
                json: authenticationJSON(
                    id: authenticator.stored.id.description, clientData: clientData, authenticatorData: data,
                    signature: data,
                    userHandle: nil))
            #expect(throws: AuthenticationError.self) { try verify(response) }
            _ = try? AuthenticatorData(data)
            #expect(throws: ResponseError.self) { try AuthenticationResponse(json: clientData) }
        }
    }
}
