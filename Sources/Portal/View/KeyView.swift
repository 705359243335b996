import Accounts
import LatchkeyCore

/// A button that has the browser ask for a passkey or security key, and sends its answer with the form it stands in.
struct KeyView: Sendable {
    /// For the script: `get` or `create`.
    let ceremony: String
    let options: String
    let challenge: String
    let label: String
    /// What to say where the browser came back without an answer.
    let problem: String
    let isPrimary: Bool
    /// Whether the browser may offer passkeys in the login field, before anybody asks.
    let isConditional: Bool

    init(using ceremony: Ceremony, label: String = Texts.useKey, isPrimary: Bool = false, isConditional: Bool = false) {
        self.init("get", ceremony, label, Texts.keyNotUsed, isPrimary: isPrimary, isConditional: isConditional)
    }

    init(creating ceremony: Ceremony, label: String) {
        self.init("create", ceremony, label, Texts.keyNotCreated, isPrimary: true, isConditional: false)
    }

    private init(
        _ name: String, _ ceremony: Ceremony, _ label: String, _ problem: String, isPrimary: Bool, isConditional: Bool
    ) {
        self.ceremony = name
        options = ceremony.options
        challenge = ceremony.challenge
        self.label = label
        self.problem = problem
        self.isPrimary = isPrimary
        self.isConditional = isConditional
    }
}

extension Form {
    /// The answer of the browser's authenticator; nil if none was sent.
    var ceremonyAnswer: CeremonyAnswer? {
        let response = text("response")
        return response.isEmpty ? nil : CeremonyAnswer(challenge: text("challenge"), response: response)
    }
}
