/// The answer to an attempt.
public enum Verdict: Sendable {
    case accepted(Acceptance)
    /// `hold` is how long the door keeps the answer back: it grows with wrong guesses and never passes 3 s, so that
    /// relying servers, which give up after 5 to 10 s, still see a refusal and not a failure.
    case refused(Refusal, hold: Duration)

    public static func refused(_ refusal: Refusal) -> Verdict { .refused(refusal, hold: .zero) }

    public static let longestHold: Duration = .seconds(3)

    public var refusal: Refusal? {
        if case .refused(let refusal, _) = self { refusal } else { nil }
    }
}

/// Who signed in, and with which app password.
public struct Acceptance: Hashable, Sendable {
    public let account: AccountID
    /// The account's own login name, whatever alias or spelling was used.
    public let login: LoginName
    public let name: String
    public let appPassword: AppPasswordID
    /// The groups the account belongs to, in the order of their names.
    public let groups: [GroupName]

    public init(
        account: AccountID, login: LoginName, name: String, appPassword: AppPasswordID, groups: [GroupName] = []
    ) {
        self.account = account
        self.login = login
        self.name = name
        self.appPassword = appPassword
        self.groups = groups
    }
}

/// The port that doors ask.
public protocol Verifier: Sendable {
    /// Answers all of `attempts`, in their order, in one call of `answer`, on whatever thread; exactly once.
    func verify(_ attempts: [Attempt], answer: @escaping @Sendable ([Verdict]) -> Void)
}

extension Verifier {
    public func verify(_ attempt: Attempt) async -> Verdict {
        await withCheckedContinuation { continuation in
            verify([attempt]) { verdicts in continuation.resume(returning: verdicts.first ?? .refused(.unavailable)) }
        }
    }
}
