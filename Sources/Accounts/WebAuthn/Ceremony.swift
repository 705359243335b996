/// What a browser asks an authenticator, and the challenge to be sent back beside its answer.
public struct Ceremony: Hashable, Sendable {
    /// `PublicKeyCredentialCreationOptionsJSON` or `…RequestOptionsJSON` (WebAuthn L3 §5.1.9, §5.1.10).
    public let options: String
    public let challenge: String

    public init(options: String, challenge: String) {
        self.options = options
        self.challenge = challenge
    }
}

/// What came back from a browser: its authenticator's answer as JSON, and the challenge that it was given.
public struct CeremonyAnswer: Hashable, Sendable {
    public let challenge: String
    public let response: String

    public init(challenge: String, response: String) {
        self.challenge = challenge
        self.response = response
    }
}
