import Crypto
import Foundation
import WebAuthn

@testable import Accounts

/// An authenticator with one ES256 key, as the browser's answers show it.
final class KeyDevice: @unchecked Sendable {  // safe: a test uses it from one task at a time, or only reads
    static let site = RelyingParty(id: "keys.example.org", name: "Latchkey", origins: ["https://keys.example.org"])

    let key = P256.Signing.PrivateKey()
    let credentialID: [UInt8]
    var signCount: UInt32 = 0
    var isVerified = true
    private(set) var userHandle: String?

    init(number: UInt8 = 1) {
        credentialID = [UInt8](repeating: number, count: 32)
    }

    /// `navigator.credentials.create` and what the browser makes of it.
    func create(_ ceremony: Ceremony) throws -> CeremonyAnswer {
        let options = try JSONSerialization.jsonObject(with: Data(ceremony.options.utf8)) as? [String: Any]
        userHandle = (options?["user"] as? [String: Any])?["id"] as? String
        let point = Array(key.publicKey.x963Representation)
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y} (RFC 9053 §7.1.1).
        var cose: [UInt8] = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]
        cose += point[1..<33]
        cose += [0x22, 0x58, 0x20]
        cose += point[33...]
        var data = authenticatorData(flags: 0x40) + [UInt8](repeating: 0, count: 16)
        data += [0, UInt8(credentialID.count)] + credentialID + cose
        // {"fmt": "none", "attStmt": {}, "authData": data}
        var object: [UInt8] = [0xa3, 0x63]
        object += Array("fmt".utf8) + [0x64] + Array("none".utf8)
        object += [0x67] + Array("attStmt".utf8) + [0xa0]
        object += [0x68] + Array("authData".utf8) + [0x58, UInt8(data.count)]
        object += data
        return answer(
            ceremony, ["clientDataJSON": clientData("webauthn.create", ceremony), "attestationObject": object])
    }

    /// `navigator.credentials.get`.
    func get(_ ceremony: Ceremony) throws -> CeremonyAnswer {
        signCount += 1
        let client = clientData("webauthn.get", ceremony)
        let data = authenticatorData(flags: 0)
        let signature = try key.signature(for: data + Array(SHA256.hash(data: client)))
        return answer(
            ceremony,
            ["clientDataJSON": client, "authenticatorData": data, "signature": Array(signature.derRepresentation)],
            userHandle: userHandle)
    }

    private func authenticatorData(flags: UInt8) -> [UInt8] {
        Array(SHA256.hash(data: Array(Self.site.id.utf8))) + [flags | (isVerified ? 0x05 : 0x01)]
            + withUnsafeBytes(of: signCount.bigEndian) { Array($0) }
    }

    private func clientData(_ type: String, _ ceremony: Ceremony) -> [UInt8] {
        Array(#"{"type":"\#(type)","challenge":"\#(ceremony.challenge)","origin":"\#(Self.site.origins[0])"}"#.utf8)
    }

    private func answer(_ ceremony: Ceremony, _ parts: [String: [UInt8]], userHandle: String? = nil) -> CeremonyAnswer {
        let id = CredentialID(credentialID)?.description ?? ""
        var members = parts.map { "\"\($0.key)\":\"\(Self.base64URL($0.value))\"" }
        if let userHandle { members.append("\"userHandle\":\"\(userHandle)\"") }
        let json =
            #"{"id":"\#(id)","rawId":"\#(id)","type":"public-key","response":{\#(members.joined(separator: ","))},"clientExtensionResults":{}}"#
        return CeremonyAnswer(challenge: ceremony.challenge, response: json)
    }

    private static func base64URL(_ octets: [UInt8]) -> String {
        Data(octets).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
