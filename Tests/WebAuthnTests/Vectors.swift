import Foundation
import Testing

@testable import WebAuthn

/// W3C Web Authentication Level 3, section "Test Vectors": see Vectors/README.md.
struct Vectors: Decodable {
    struct Root: Decodable {
        let certificate: String
    }

    let rpId: String
    let origin: String
    let topOrigin: String
    let attestationRoot: Root
    let vectors: [Vector]

    static let all: Vectors = {
        do {
            let url = try #require(
                Bundle.module.url(forResource: "webauthn-l3", withExtension: "json", subdirectory: "Vectors"))
            return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: url))
        } catch {
            fatalError("the vectors cannot be read: \(error)")
        }
    }()

    static func named(_ name: String) throws -> Vector { try #require(all.vectors.first { $0.name == name }) }

    /// What all of them are made for, with frames allowed as two of them need it.
    static var relyingParty: RelyingParty {
        var relyingParty = RelyingParty(id: all.rpId, name: "Example", origins: [all.origin])
        relyingParty.frames = .allowed(topOrigins: [all.topOrigin])
        return relyingParty
    }

    static var root: TrustAnchor {
        get throws { try #require(TrustAnchor(der: octets(all.attestationRoot.certificate))) }
    }

    /// 2026: the certificates are valid from 2024 to 3024.
    static let now: Int64 = 1_790_000_000
}

struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    struct RegistrationPart: Decodable, Sendable {
        struct Decoded: Decodable, Sendable {
            let flags: [String: Bool]
            let credentialPublicKeyCose: String
        }

        let challenge: String
        let aaguid: String
        let credential_id: String
        let clientDataJSON: String
        let attestationObject: String
        let decoded: Decoded
    }

    struct AuthenticationPart: Decodable, Sendable {
        struct Decoded: Decodable, Sendable {
            let flags: [String: Bool]
        }

        let challenge: String
        let clientDataJSON: String
        let authenticatorData: String
        let signature: String
        let decoded: Decoded
    }

    let name: String
    let attestationFormat: String
    let attestationType: String
    let algorithm: String
    let coseAlgorithm: Int
    let registration: RegistrationPart
    let authentication: AuthenticationPart

    var testDescription: String { name }

    var registrationChallenge: Challenge { get throws { try #require(Challenge(octets(registration.challenge))) } }
    var authenticationChallenge: Challenge { get throws { try #require(Challenge(octets(authentication.challenge))) } }

    /// As the browser's `toJSON()` would give it, with what `change` makes of the two objects.
    func registrationResponse(
        id: String? = nil, clientData: ([UInt8]) -> [UInt8] = { $0 }, object: ([UInt8]) -> [UInt8] = { $0 }
    ) throws -> RegistrationResponse {
        try RegistrationResponse(
            json: registrationJSON(
                id: CredentialID(octets(id ?? registration.credential_id)).map(\.description) ?? "",
                clientData: clientData(octets(registration.clientDataJSON)),
                object: object(octets(registration.attestationObject))))
    }

    func authenticationResponse(
        userHandle: UserHandle? = nil, clientData: ([UInt8]) -> [UInt8] = { $0 },
        authenticatorData: ([UInt8]) -> [UInt8] = { $0 }, signature: ([UInt8]) -> [UInt8] = { $0 }
    ) throws -> AuthenticationResponse {
        try AuthenticationResponse(
            json: authenticationJSON(
                id: Base64URL.encode(octets(registration.credential_id)),
                clientData: clientData(octets(authentication.clientDataJSON)),
                authenticatorData: authenticatorData(octets(authentication.authenticatorData)),
                signature: signature(octets(authentication.signature)), userHandle: userHandle))
    }

    func register(_ relyingParty: RelyingParty = Vectors.relyingParty) async throws -> Registration {
        try await relyingParty.verify(
            registration: registrationResponse(), challenge: registrationChallenge, userVerification: .discouraged,
            at: Vectors.now)
    }
}

func registrationJSON(id: String, clientData: [UInt8], object: [UInt8], transports: String = "[]") -> [UInt8] {
    Array(
        """
        {"id":"\(id)","rawId":"\(id)","type":"public-key","authenticatorAttachment":"cross-platform",
        "response":{"clientDataJSON":"\(Base64URL.encode(clientData))","transports":\(transports),
        "attestationObject":"\(Base64URL.encode(object))"},"clientExtensionResults":{"credProps":{"rk":true}}}
        """.utf8)
}

func authenticationJSON(
    id: String, clientData: [UInt8], authenticatorData: [UInt8], signature: [UInt8], userHandle: UserHandle?
) -> [UInt8] {
    let handle = userHandle.map { ",\"userHandle\":\"\(Base64URL.encode($0.octets))\"" } ?? ""
    return Array(
        """
        {"id":"\(id)","rawId":"\(id)","type":"public-key","authenticatorAttachment":"platform",
        "response":{"clientDataJSON":"\(Base64URL.encode(clientData))",
        "authenticatorData":"\(Base64URL.encode(authenticatorData))",
        "signature":"\(Base64URL.encode(signature))"\(handle)},"clientExtensionResults":{}}
        """.utf8)
}

/// What hexadecimal digits stand for; what is none stands for nothing.
func octets(_ hexadecimal: String) -> [UInt8] {
    let digits = Array(hexadecimal)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
}
