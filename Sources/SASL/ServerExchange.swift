public import LatchkeyCore

/// The server's side of one authentication exchange (RFC 4422 §3): responses in, steps out. It knows no encoding and no
/// transport; after a step that is no challenge it is over.
public struct ServerExchange: Sendable {
    /// What to do next.
    public enum Step: Sendable {
        /// Send this and hand the answer to `step`. May be empty.
        case challenge([UInt8])
        case finished(authcid: String, Secret)
        case failed(Failure)
    }

    /// Why an exchange ends without a question to the verifier.
    public enum Failure: Error, Hashable, Sendable {
        /// Not the message that the mechanism prescribes: NULs, an empty name or secret, invalid UTF-8, control
        /// characters in the name, or one that is too long.
        case malformed
        /// The client wants to act as somebody else (an authzid that is not the authcid). Nobody may.
        case foreignAuthzid(authcid: String)
    }

    private enum State: Sendable {
        case plain
        case loginName
        case loginSecret(authcid: String)
    }

    private var state: State

    public init(_ mechanism: Mechanism) {
        state =
            switch mechanism {
            case .plain: .plain
            case .login: .loginName
            }
    }

    /// The first step: `initialResponse` is nil if the client sent none, which is not the same as an empty one.
    public mutating func begin(initialResponse: UnsafeRawBufferPointer?) -> Step {
        if let initialResponse { return step(initialResponse) }
        return switch state {
        case .plain: .challenge([])
        case .loginName, .loginSecret: .challenge(Self.nameChallenge)
        }
    }

    /// The next step, on the client's response to the last challenge.
    public mutating func step(_ response: UnsafeRawBufferPointer) -> Step {
        switch state {
        case .plain:
            return PlainMessage.read(response)
        case .loginName:
            guard let authcid = Authcid.read(response) else { return .failed(.malformed) }
            state = .loginSecret(authcid: authcid)
            return .challenge(Self.secretChallenge)
        case .loginSecret(let authcid):
            guard (1...Attempt.maximumSecretLength).contains(response.count), !response.contains(0) else {
                return .failed(.malformed)
            }
            return .finished(authcid: authcid, Secret(response))
        }
    }

    private static let nameChallenge = Array("Username:".utf8)
    private static let secretChallenge = Array("Password:".utf8)
}
