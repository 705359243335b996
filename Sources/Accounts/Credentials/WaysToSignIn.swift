public import LatchkeyCore

/// How an account can sign in to the portal.
public struct WaysToSignIn: Hashable, Sendable {
    /// So few recovery codes left that their owner should make new ones.
    public static let fewRecoveryCodes = 3

    /// When the password was set; nil if there is none.
    public let passwordSet: Timestamp?
    /// When the authenticator app was enrolled; nil if there is none.
    public let totpEnrolled: Timestamp?
    public let totpLastUsed: Timestamp?
    public let recoveryCodesLeft: Int

    public init(
        passwordSet: Timestamp?, totpEnrolled: Timestamp?, totpLastUsed: Timestamp?, recoveryCodesLeft: Int
    ) {
        self.passwordSet = passwordSet
        self.totpEnrolled = totpEnrolled
        self.totpLastUsed = totpLastUsed
        self.recoveryCodesLeft = recoveryCodesLeft
    }

    public var needsRecoveryCodes: Bool { totpEnrolled != nil && recoveryCodesLeft <= Self.fewRecoveryCodes }
}

/// A TOTP secret to be put into an authenticator app, shown once. It counts from the moment a code of it is confirmed.
public struct TOTPEnrolment: Sendable {
    /// Base32 in upper case, for those who type it.
    public let secret: Secret
    /// `otpauth://totp/…`, for the QR code.
    public let uri: Secret
}

/// The answer to a change of the password.
public enum PasswordChange: Hashable, Sendable {
    case changed
    /// The current password is another one.
    case wrong
    /// Too many wrong guesses: nothing was checked.
    case throttled(until: Timestamp)
}
