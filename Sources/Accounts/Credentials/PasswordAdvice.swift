import Keyring
public import LatchkeyCore

/// What there is to say to somebody who is choosing a password. It is advice: what may be set is `PasswordRule`'s to say.
public enum PasswordAdvice: Hashable, Sendable {
    /// It will not do; the text says what to do.
    case refused(String)
    /// It will do, and stands a guesser with a stolen copy of the database for so many seconds (`GuessEstimate`).
    case guessed(after: Double)
}

extension PortalCredentials {
    /// Nil where it will do, but too many others are being looked at to say more.
    public func advice(on password: Secret, for account: Account) async throws -> PasswordAdvice? {
        try await PasswordRule(for: account).advice(on: password, by: hasher)
    }
}

extension SetupLinks {
    /// `login` and `name` are for the first administrator only. Nil where it will do, but too many others are being looked at to say more.
    public func advice(
        on password: Secret, for invitation: Invitation, login: String, name: String
    ) async throws -> PasswordAdvice? {
        let rule =
            switch invitation {
            case .firstAdministrator: PasswordRule(context: [login, name])
            case .account(let account): PasswordRule(for: account)
            }
        return try await rule.advice(on: password, by: hasher)
    }
}

extension PasswordRule {
    fileprivate func advice(on password: Secret, by hasher: PasswordHasher) async throws -> PasswordAdvice? {
        do throws(InvalidInput) {
            try check(password)
        } catch {
            return .refused(error.text(for: "password") ?? "")
        }
        do {
            return .guessed(after: try await hasher.estimate(password, words: ownWords + ["latchkey"]).seconds)
        } catch is PasswordHasher.Busy {
            return nil
        }
    }
}
