import Crypto
import CryptoExtras

@testable import WebAuthn

/// An authenticator that says and signs whatever a test wants said, with a key of its own.
struct SoftwareAuthenticator {
    static let relyingParty = RelyingParty(
        id: "portal.example.com", name: "Latchkey",
        origins: ["https://portal.example.com", "https://login.portal.example.com"])
    static let challenge = Challenge([UInt8](repeating: 7, count: 32))
    static let owner = UserHandle([UInt8](repeating: 9, count: 64))

    var relyingPartyID = "portal.example.com"
    var origin = "https://portal.example.com"
    var type = "webauthn.create"
    var challengeText = Base64URL.encode([UInt8](repeating: 7, count: 32))
    /// More members of the client data, each with a comma before it.
    var clientDataMembers = ""
    /// UP, UV and, where a credential is made, AT.
    var flags: UInt8 = 0x05
    var signCount: UInt32 = 0
    var aaguid = [UInt8](repeating: 0xaa, count: 16)
    var credentialID: [UInt8] = Array(0..<32)
    var extensions: [UInt8] = []
    var key = P256.Signing.PrivateKey()

    var coseKey: CBOR {
        let point = key.publicKey.x963Representation
        return .map([
            .integer(1): .integer(2), .integer(3): .integer(-7), .integer(-1): .integer(1),
            .integer(-2): .octets(Array(point[1..<33])), .integer(-3): .octets(Array(point[33...])),
        ])
    }

    var clientData: [UInt8] {
        Array(
            "{\"type\":\"\(type)\",\"challenge\":\"\(challengeText)\",\"origin\":\"\(origin)\"\(clientDataMembers)}"
                .utf8)
    }

    var attestedCredentialData: [UInt8] {
        aaguid + [UInt8(credentialID.count >> 8), UInt8(credentialID.count & 0xff)] + credentialID + coseKey.octets
    }

    func authenticatorData(_ attested: [UInt8] = []) -> [UInt8] {
        let count = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: signCount >> UInt32($0)) }
        return sha256(Array(relyingPartyID.utf8)) + [flags] + count + attested + extensions
    }

    /// Flags with AT.
    var creating: SoftwareAuthenticator {
        var copy = self
        copy.flags |= 0x40
        return copy
    }

    func attestationObject(
        format: String = "none", statement: CBOR = .map([:]), data: [UInt8]? = nil
    ) -> [UInt8] {
        CBOR.map([
            .text("fmt"): .text(format), .text("attStmt"): statement,
            .text("authData"): .octets(data ?? authenticatorData(attestedCredentialData)),
        ]).octets
    }

    func register(
        _ object: [UInt8]? = nil, transports: String = "[]", relyingParty: RelyingParty = relyingParty,
        userVerification: UserVerification = .required
    ) async throws -> Registration {
        let json = registrationJSON(
            id: Base64URL.encode(credentialID), clientData: clientData, object: object ?? attestationObject(),
            transports: transports)
        guard let challenge = Self.challenge else { throw NoChallenge() }
        return try await relyingParty.verify(
            registration: RegistrationResponse(json: json), challenge: challenge, userVerification: userVerification,
            at: Vectors.now)
    }

    /// A response to sign in with, signed as it is; `tamper` changes the signature.
    func response(
        userHandle: UserHandle? = nil, data: [UInt8]? = nil, tamper: ([UInt8]) -> [UInt8] = { $0 }
    ) throws -> AuthenticationResponse {
        let data = data ?? authenticatorData()
        let signature = try key.signature(for: data + sha256(clientData)).derRepresentation
        return try AuthenticationResponse(
            json: authenticationJSON(
                id: Base64URL.encode(credentialID), clientData: clientData, authenticatorData: data,
                signature: tamper(Array(signature)), userHandle: userHandle))
    }

    var stored: StoredCredential {
        StoredCredential(
            id: CredentialID(credentialID) ?? .none, publicKey: coseKey.octets, signCount: 0,
            isUserVerificationInitialized: true, isBackupEligible: false, isBackedUp: false, transports: [],
            aaguid: .unknown, attestation: .none)
    }

    struct NoChallenge: Error {}
}

extension CredentialID {
    fileprivate static let none: CredentialID = {
        guard let id = CredentialID([0]) else { fatalError("one octet is a credential id") }
        return id
    }()
}

func sha256(_ octets: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: octets)) }
