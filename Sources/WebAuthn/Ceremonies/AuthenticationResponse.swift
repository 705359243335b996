/// What a browser answers to ``AuthenticationOptions``, read but not verified. Its ``credentialID`` says which stored credential to verify it
/// with, and its ``userHandle`` whose account the authenticator believes to sign in to.
public struct AuthenticationResponse: Hashable, Sendable {
    public let credentialID: CredentialID
    /// Nil if the authenticator tells none, as those do that do not remember accounts.
    public let userHandle: UserHandle?
    let clientDataJSON: [UInt8]
    let authenticatorData: [UInt8]
    let signature: [UInt8]

    /// `json` is UTF-8 in the form of `AuthenticationResponseJSON` (L3 §5.1.8), which `PublicKeyCredential.toJSON()` gives.
    public init(json: [UInt8]) throws(ResponseError) {
        let reader = try ResponseReader(json)
        credentialID = reader.credentialID
        clientDataJSON = try reader.octets("clientDataJSON")
        authenticatorData = try reader.octets("authenticatorData")
        signature = try reader.octets("signature")
        switch reader.json["response"]?["userHandle"] {
        // Some browsers write an empty one where there is none.
        case nil, .null, .text(""): userHandle = nil
        default:
            guard let handle = UserHandle(try reader.octets("userHandle")) else { throw .missingMember("userHandle") }
            userHandle = handle
        }
    }
}
