public import LatchkeyCore
import Synchronization

/// A credential store that holds what a test puts in, by login name and normalised secret.
public final class ScriptedCredentialStore: CredentialStore {
    private struct State {
        var accounts: [LoginName: AccountStanding] = [:]
        var credentials: [VerifierTag: StoredCredential] = [:]
        var failure: StoreError?
        var asked = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Look-ups made so far.
    public var asked: Int { state.withLock { $0.asked } }

    public func put(_ account: AccountStanding, names: [LoginName] = []) {
        state.withLock { state in
            for name in [account.login] + names { state.accounts[name] = account }
        }
    }

    public func put(_ credential: StoredCredential, tag: VerifierTag) {
        state.withLock { $0.credentials[tag] = credential }
    }

    public func fail(with error: StoreError?) {
        state.withLock { $0.failure = error }
    }

    public func find(
        _ questions: [CredentialQuestion], keys: VerifierKeys,
        answer: @escaping @Sendable (Result<[CredentialFinding], StoreError>) -> Void
    ) {
        answer(
            state.withLock { state in
                state.asked += 1
                if let failure = state.failure { return .failure(failure) }
                return .success(
                    questions.map { question in
                        let account = state.accounts[question.login]
                        guard let secret = question.secret else { return CredentialFinding(account: account) }
                        let tag = keys.current.tag(for: secret, of: account?.id ?? .nobody)
                        return CredentialFinding(
                            account: account, credential: state.credentials[tag], digest: tag.digest)
                    })
            })
    }
}

/// A journal that remembers, and fails when told to.
public final class RecordingJournal: SignInJournal {
    private struct State {
        var records: [SignInRecord] = []
        var failure: StoreError?
    }

    private let state = Mutex(State())

    public init() {}

    public var records: [SignInRecord] { state.withLock { $0.records } }
    public var signIns: [SignIn] { records.map(\.signIn) }

    public func fail(with error: StoreError?) {
        state.withLock { $0.failure = error }
    }

    public func record(_ records: [SignInRecord], done: @escaping @Sendable (Result<Void, StoreError>) -> Void) {
        let failure = state.withLock { state in
            if state.failure == nil { state.records += records }
            return state.failure
        }
        done(failure.map { .failure($0) } ?? .success(()))
    }
}

/// Knows one portal password, and answers at once.
public struct ScriptedPortalPasswords: PortalPasswordProbe {
    private let password: Secret?

    public init(_ password: Secret? = nil) {
        self.password = password
    }

    public func isPortalPassword(_ secret: Secret, of account: AccountID, answer: @escaping @Sendable (Bool) -> Void) {
        answer(secret == password)
    }
}
