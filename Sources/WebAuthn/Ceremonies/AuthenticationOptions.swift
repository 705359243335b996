/// What a browser is asked for to sign in (L3 §5.5).
public struct AuthenticationOptions: Hashable, Sendable {
    public let relyingPartyID: String
    public let challenge: Challenge
    /// The credentials of the account; empty to let people choose among the accounts that their authenticators remember.
    public var allow: [CredentialDescriptor] = []
    public var userVerification = UserVerification.required
    public var timeout = Duration.seconds(300)

    /// UTF-8, in the form of `PublicKeyCredentialRequestOptionsJSON` (L3 §5.1.10): what
    /// `PublicKeyCredential.parseRequestOptionsFromJSON` reads.
    public var json: [UInt8] {
        let options = JSON.object([
            JSON.Member("challenge", .text(Base64URL.encode(challenge.octets))),
            JSON.Member("timeout", .number(timeout.wholeMilliseconds)),
            JSON.Member("rpId", .text(relyingPartyID)),
            JSON.Member("allowCredentials", .array(allow.map(\.json))),
            JSON.Member("userVerification", .text(userVerification.rawValue)),
        ])
        return options.octets
    }
}

extension RelyingParty {
    /// What to ask a browser for (L3 §7.2 step 1); the rest of it has defaults to change.
    public func authenticationOptions(challenge: Challenge) -> AuthenticationOptions {
        AuthenticationOptions(relyingPartyID: id, challenge: challenge)
    }
}
