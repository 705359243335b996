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
    /// What its owner calls it; nil until they do.
    public let totpName: String?
    /// Where codes are mailed to; nil if nowhere.
    public let mailbox: CodeMailbox?
    public let recoveryCodesLeft: Int
    public let recoveryCodeLastUsed: Timestamp?
    public let keys: [WebAuthnCredential]
    public let identities: [LinkedIdentity]

    public init(
        passwordSet: Timestamp?, totpEnrolled: Timestamp?, totpLastUsed: Timestamp?, totpName: String? = nil,
        mailbox: CodeMailbox? = nil,
        recoveryCodesLeft: Int, recoveryCodeLastUsed: Timestamp? = nil, keys: [WebAuthnCredential] = [],
        identities: [LinkedIdentity] = []
    ) {
        self.passwordSet = passwordSet
        self.totpEnrolled = totpEnrolled
        self.totpLastUsed = totpLastUsed
        self.totpName = totpName
        self.mailbox = mailbox
        self.recoveryCodesLeft = recoveryCodesLeft
        self.recoveryCodeLastUsed = recoveryCodeLastUsed
        self.keys = keys
        self.identities = identities
    }

    public var hasPasskey: Bool { keys.contains { $0.kind == .passkey } }
    /// Whether there is something that a second factor can follow: a password, or an identity that counts as one.
    public var hasFirstFactor: Bool {
        passwordSet != nil || identities.contains { $0.standing == .firstFactor }
    }
    /// Whether there is something that a second factor can follow, or confirm: to nothing it would open nothing.
    public var takesSecondFactor: Bool { hasFirstFactor || identities.contains { $0.standing == .alone } }
    /// Whether that is followed by something.
    public var hasSecondFactor: Bool { totpEnrolled != nil || !keys.isEmpty || mailbox?.isUsable == true }

    /// Whether a password can be added. With a passkey only: that signs in here without anybody's word, so a password next to it opens
    /// nothing that was shut. Who has none signs in through a provider, and a password with a second step of its own would be a way
    /// around that, to be guessed and phished, which the provider could not close.
    public var mayAddPassword: Bool { passwordSet == nil && hasPasskey }

    /// Recovery codes stand in for the second factor: without a first one they open nothing.
    public var needsRecoveryCodes: Bool {
        hasFirstFactor && hasSecondFactor && recoveryCodesLeft <= Self.fewRecoveryCodes
    }

    /// Whether somebody could still sign in without `method`: with a passkey or an identity that does alone, or with a password, or what counts
    /// as one, and a second factor.
    public func suffices(without method: RemovableMethod) -> Bool {
        let left = keys.filter { method != .credential($0.id) }
        if left.contains(where: { $0.kind == .passkey }) { return true }
        let identities = identities.filter { method != .identity($0.id) }
        if identities.contains(where: { $0.standing == .alone }) { return true }
        let hasFirst =
            passwordSet != nil && method != .password || identities.contains { $0.standing == .firstFactor }
        let hasCodes = totpEnrolled != nil && method != .totp || mailbox?.isUsable == true && method != .mailbox
        return hasFirst && (hasCodes || !left.isEmpty)
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
