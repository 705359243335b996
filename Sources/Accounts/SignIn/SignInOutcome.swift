public import Keyring
public import LatchkeyCore

/// Thrown by what checks or sets a password while too many others do: to be tried again in a few seconds. An alias, so that
/// who presents it need not know how passwords are hashed.
public typealias TooManySignIns = PasswordHasher.Busy

/// The answer to a login name and password.
public enum SignInOutcome: Sendable {
    /// Wrong name, wrong password or an account that may not sign in: the same words for all of them.
    case refused
    /// Too many wrong guesses: nothing was checked.
    case throttled(until: Timestamp)
    /// `token` belongs in the cookie; `session.stage` says what is still wanted.
    case started(token: Secret, Session)
}

/// The answer to a one-time or recovery code.
public enum CodeOutcome: Sendable {
    case wrong
    /// Right once, but each code works only once: wait for the next one, or take another recovery code.
    case alreadyUsed
    /// Too many wrong codes: nothing was checked.
    case throttled(until: Timestamp)
    /// The session ended meanwhile: sign in again.
    case ended
    /// The old token is dead: `token` takes its place in the cookie.
    case confirmed(token: Secret, Session)
}
