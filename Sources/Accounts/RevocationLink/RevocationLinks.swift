public import Keyring
public import LatchkeyCore

/// Links that are mailed to the owner of a new app password and can do one thing: revoke it. They need no sign-in, for whoever finds
/// their mailbox abused must not look for a phone first.
///
/// A link's token is the app password's id and its HMAC under a key from the master key: nothing of it is in the database, so no reader of
/// that can make one, and it is the same however often its mail is sent.
public struct RevocationLinks: Sendable {
    /// Counted from when the app password was made.
    public static let lifetime: Duration = .days(30)
    static let idLength = 16
    static let tagLength = 32
    /// In characters: 48 octets in base64url.
    static let tokenLength = 64

    private let keyring: Keyring
    private let appPasswords: any AppPasswordRepository
    private let issuer: AppPasswordIssuer
    private let now: @Sendable () -> Timestamp

    public init(
        keyring: Keyring, appPasswords: any AppPasswordRepository, issuer: AppPasswordIssuer,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.keyring = keyring
        self.appPasswords = appPasswords
        self.issuer = issuer
        self.now = now
    }

    /// 64 characters of base64url.
    public func token(for id: AppPasswordID) -> Secret {
        Secret(Base64URL.encode(id.octets + (tags(of: id).first ?? [])))
    }

    /// What the link revokes, ended or not; nil if the token is none of ours, or too old.
    public func appPassword(bearing token: Secret) async throws -> AppPassword? {
        guard token.count == Self.tokenLength, let text = token.reveal(), let octets = Base64URL.decode(text),
            octets.count == Self.idLength + Self.tagLength,
            let id = AppPasswordID(octets: Array(octets.prefix(Self.idLength)))
        else { return nil }
        let tag = Secret(Array(octets.dropFirst(Self.idLength)))
        guard tags(of: id).contains(where: { Secret($0) == tag }),
            let appPassword = try await appPasswords.appPassword(id), now() - appPassword.created < Self.lifetime
        else { return nil }
        return appPassword
    }

    /// False if the link is no good; true if the app password has ended by now, whoever ended it.
    public func revoke(bearing token: Secret, from origin: Origin) async throws -> Bool {
        guard let appPassword = try await appPassword(bearing: token) else { return false }
        _ = try await issuer.revoke(appPassword, actor: .link, from: origin.address, with: origin.agent, at: now())
        return true
    }

    private func tags(of id: AppPasswordID) -> [[UInt8]] {
        keyring.fingerprints(of: Secret(id.octets), context: "revocation-link")
    }
}

/// RFC 4648 §5, without padding.
enum Base64URL {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Whole groups of three octets only.
    static func encode(_ octets: [UInt8]) -> [UInt8] {
        stride(from: 0, to: octets.count - 2, by: 3).flatMap { start in
            let bits = octets[start..<start + 3].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return [18, 12, 6, 0].map { digits[Int(bits >> $0 & 0x3f)] }
        }
    }

    /// Whole groups of four characters only; nil for anything else.
    static func decode(_ text: String) -> [UInt8]? {
        let values = text.utf8.compactMap { digits.firstIndex(of: $0) }
        guard values.count == text.utf8.count, values.count.isMultiple(of: 4) else { return nil }
        return stride(from: 0, to: values.count, by: 4).flatMap { start in
            let bits = values[start..<start + 4].reduce(0) { $0 << 6 | $1 }
            return [16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> $0) }
        }
    }
}
