import Keyring
import LatchkeyCore
import WebAuthn

/// A challenge that needs no memory until it is answered: its time and its purpose are in it, under a key of ours. That it is answered once only is
/// seen to where the answer is used (`FactorProof`).
struct CeremonyChallenge {
    /// What an answer may be used for.
    enum Purpose: Hashable {
        case signIn
        /// The second step, or a fresh sign-in, in this session.
        case confirmation(Identifier<Session>)
        case registration(Identifier<Session>, WebAuthnCredential.Kind)

        var text: String {
            switch self {
            case .signIn: "sign-in"
            case .confirmation(let session): "confirmation:\(session)"
            case .registration(let session, let kind): "registration:\(session):\(kind.rawValue)"
            }
        }
    }

    /// Authenticators are slow, and people slower.
    static let lifetime: Duration = .seconds(300)
    private static let timeLength = 8
    private static let headLength = timeLength + 16

    let challenge: Challenge

    static func make(
        for purpose: Purpose, _ keyring: Keyring, at now: Timestamp, using rng: inout some RandomNumberGenerator
    ) -> CeremonyChallenge? {
        var head = withUnsafeBytes(of: now.microseconds.bigEndian) { Array($0) }
        while head.count < headLength { head.append(.random(in: .min ... .max, using: &rng)) }
        guard let tag = tags(of: head, purpose, keyring).first, let challenge = Challenge(head + tag) else {
            return nil
        }
        return CeremonyChallenge(challenge: challenge)
    }

    /// Reads one that came back; nil unless it was made here, for `purpose`, at most five minutes ago.
    init?(base64URL text: String, for purpose: Purpose, _ keyring: Keyring, at now: Timestamp) {
        // `CredentialID` reads what a challenge is written as.
        guard text.utf8.count <= 128, let octets = CredentialID(base64URL: text)?.octets,
            octets.count > Self.headLength, let challenge = Challenge(octets)
        else { return nil }
        let head = Array(octets.prefix(Self.headLength))
        let tag = Secret(Array(octets.dropFirst(Self.headLength)))
        guard Self.tags(of: head, purpose, keyring).contains(where: { Secret($0) == tag }) else { return nil }
        let made = Timestamp(
            microseconds: head.prefix(Self.timeLength).reduce(Int64(0)) { $0 << 8 | Int64($1) })
        guard made <= now, now - made <= Self.lifetime else { return nil }
        self.challenge = challenge
    }

    private init(challenge: Challenge) {
        self.challenge = challenge
    }

    /// Base64url without padding, as it travels in forms.
    var text: String { CredentialID(challenge.octets)?.description ?? "" }

    private static func tags(of head: [UInt8], _ purpose: Purpose, _ keyring: Keyring) -> [[UInt8]] {
        keyring.fingerprints(of: Secret(head), context: "webauthn-challenge:\(purpose.text)")
    }
}
