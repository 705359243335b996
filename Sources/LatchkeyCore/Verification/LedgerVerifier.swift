import Synchronization

/// The verifier: reads the question, looks it up, judges, records, answers. Each step takes all attempts that came together.
///
/// It keeps no verdicts, so a revocation holds from the next attempt on. The only state is the throttle's.
public final class LedgerVerifier: Verifier {
    private let store: any CredentialStore
    private let keys: VerifierKeys
    private let journal: any SignInJournal
    private let portalPasswords: any PortalPasswordProbe
    /// Added to names that come without one; nil adds nothing.
    private let defaultDomain: String?
    private let now: @Sendable () -> Timestamp
    private let throttle = Mutex(Throttle())

    public init(
        store: any CredentialStore, keys: VerifierKeys, journal: any SignInJournal,
        portalPasswords: any PortalPasswordProbe,
        defaultDomain: String?, now: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.keys = keys
        self.journal = journal
        self.portalPasswords = portalPasswords
        self.defaultDomain = defaultDomain
        self.now = now
    }

    public func verify(_ attempts: [Attempt], answer: @escaping @Sendable ([Verdict]) -> Void) {
        let readings = attempts.map { Reading($0, defaultDomain: defaultDomain) }
        let questions = readings.compactMap(\.question)
        guard !questions.isEmpty else {
            return conclude(attempts, readings, findings: [], answer: answer)
        }
        store.find(questions, keys: keys) { result in
            switch result {
            case .success(let findings): self.conclude(attempts, readings, findings: findings, answer: answer)
            case .failure: answer(attempts.map { _ in .refused(.unavailable) })
            }
        }
    }

    private func conclude(
        _ attempts: [Attempt], _ readings: [Reading], findings: [CredentialFinding],
        answer: @escaping @Sendable ([Verdict]) -> Void
    ) {
        let time = now()
        var verdicts: [Verdict] = []
        var records: [SignInRecord] = []
        verdicts.reserveCapacity(attempts.count)
        records.reserveCapacity(attempts.count)
        var remaining = findings[...]
        for (attempt, reading) in zip(attempts, readings) {
            let finding = reading.question == nil ? CredentialFinding() : remaining.popFirst() ?? CredentialFinding()
            let verdict = judge(attempt, reading, finding, at: time)
            verdicts.append(verdict)
            let record = record(of: attempt, reading, finding, verdict, at: time)
            if verdict.refusal == .unknown, reading.mayBePortalPassword, let account = finding.account {
                explainLater(record, secret: attempt.secret, account: account.id)
            } else {
                records.append(record)
            }
        }
        guard !records.isEmpty else { return answer(verdicts) }
        let answers = verdicts
        journal.record(records) { result in
            switch result {
            case .success: answer(answers)
            case .failure: answer(answers.map { _ in .refused(.unavailable) })
            }
        }
    }

    private func judge(_ attempt: Attempt, _ reading: Reading, _ finding: CredentialFinding, at time: Timestamp)
        -> Verdict
    {
        guard let question = reading.question, let service = attempt.service else { return .refused(.malformed) }
        guard let account = finding.account, let credential = finding.credential else {
            // Without an account there is nobody to explain a typing mistake to, but the words outside are the same.
            if case .mistyped = reading.secret { return .refused(.mistyped, hold: .seconds(1)) }
            return judgeGuess(question, attempt, finding, at: time)
        }
        if account.isDisabled { return .refused(.accountDisabled) }
        if let refusal = credential.objection(to: service, from: attempt.address, at: time) { return .refused(refusal) }
        return .accepted(
            Acceptance(
                account: account.id, login: account.login, name: account.name, appPassword: credential.id,
                groups: account.groups))
    }

    private func judgeGuess(
        _ question: CredentialQuestion, _ attempt: Attempt, _ finding: CredentialFinding, at time: Timestamp
    ) -> Verdict {
        var subjects = [Throttle.Subject.login(finding.account?.login ?? question.login)]
        if let origin = attempt.address.flatMap(Throttle.Subject.origin(of:)) { subjects.append(origin) }
        // A secret that is no app password has no tag: tell such guesses apart by their own hash, which is salted per process.
        let digest =
            question.secret != nil
            ? finding.digest : attempt.secret.withBytes { UInt64(truncatingIfNeeded: Array($0).hashValue) }
        let decision = throttle.withLock { $0.recordFailure(of: subjects, digest: digest, at: time) }
        return .refused(decision.isBlocked ? .throttled : .unknown, hold: decision.hold)
    }

    /// The peer is answered at once; only the record waits for the slow hash that tells what the mistake was.
    private func explainLater(_ record: SignInRecord, secret: Secret, account: AccountID) {
        portalPasswords.isPortalPassword(secret, of: account) { [journal] isPortalPassword in
            let explained = isPortalPassword ? record.explained(as: .portalPasswordUsed) : record
            journal.record([explained]) { _ in }
        }
    }

    private func record(
        of attempt: Attempt, _ reading: Reading, _ finding: CredentialFinding, _ verdict: Verdict, at time: Timestamp
    ) -> SignInRecord {
        let signIn = SignIn(
            time: time, account: finding.account?.id, appPassword: finding.credential?.id, refusal: verdict.refusal,
            service: attempt.service, door: attempt.door, address: attempt.address, client: attempt.client,
            triedName: nameForRecord(attempt, finding.account))
        guard verdict.refusal == nil, let credential = finding.credential else { return SignInRecord(signIn) }
        return SignInRecord(signIn, endsPredecessor: credential.hasPredecessor, retag: credential.retag)
    }

    /// People type passwords into the name's field: a name that nobody has is kept only if it is plainly an address of our own.
    private func nameForRecord(_ attempt: Attempt, _ account: AccountStanding?) -> String? {
        if attempt.authcid == account?.login.text { return nil }
        if account == nil {
            guard let defaultDomain, attempt.authcid.lowercased().hasSuffix("@" + defaultDomain) else { return nil }
        }
        return Attempt.printable(attempt.authcid, limit: Attempt.maximumAuthcidLength)
    }
}

/// An attempt read: its name folded, its secret parsed.
private struct Reading {
    let secret: AppPasswordSecret.Reading
    /// Nil if the attempt is malformed.
    let question: CredentialQuestion?

    init(_ attempt: Attempt, defaultDomain: String?) {
        let hasSecret = !attempt.secret.isEmpty && attempt.secret.count <= Attempt.maximumSecretLength
        secret = hasSecret ? AppPasswordSecret.read(attempt.secret) : .foreign
        guard hasSecret, let login = LoginName(attempt.authcid)?.qualified(with: defaultDomain) else {
            question = nil
            return
        }
        var appPassword: AppPasswordSecret?
        if case .appPassword(let read) = secret { appPassword = read }
        question = CredentialQuestion(login: login, secret: appPassword)
    }

    /// Only what is not of our own shape can be a password that a person chose.
    var mayBePortalPassword: Bool {
        if case .foreign = secret { true } else { false }
    }
}

extension SignInRecord {
    fileprivate func explained(as refusal: Refusal) -> SignInRecord {
        let known = signIn
        return SignInRecord(
            SignIn(
                time: known.time, account: known.account, appPassword: known.appPassword, refusal: refusal,
                service: known.service, door: known.door, address: known.address, client: known.client,
                triedName: known.triedName))
    }
}
