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
    public let keys: [WebAuthnCredential]

    public init(
        passwordSet: Timestamp?, totpEnrolled: Timestamp?, totpLastUsed: Timestamp?, recoveryCodesLeft: Int,
        keys: [WebAuthnCredential] = []
    ) {
        self.passwordSet = passwordSet
        self.totpEnrolled = totpEnrolled
        self.totpLastUsed = totpLastUsed
        self.recoveryCodesLeft = recoveryCodesLeft
        self.keys = keys
    }

    public var hasPasskey: Bool { keys.contains { $0.kind == .passkey } }
    /// Whether a password is followed by something.
    public var hasSecondFactor: Bool { totpEnrolled != nil || !keys.isEmpty }

    /// Recovery codes stand in for the second factor: without a password they open nothing.
    public var needsRecoveryCodes: Bool {
        passwordSet != nil && hasSecondFactor && recoveryCodesLeft <= Self.fewRecoveryCodes
    }

    /// Whether somebody could still sign in without `method`: with a passkey, or with a password and a second factor.
    public func suffices(without method: RemovableMethod) -> Bool {
        let left = keys.filter { method != .credential($0.id) }
        if left.contains(where: { $0.kind == .passkey }) { return true }
        let hasPassword = passwordSet != nil && method != .password
        return hasPassword && (totpEnrolled != nil && method != .totp || !left.isEmpty)
    }
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
