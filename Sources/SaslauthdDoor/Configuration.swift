extension SaslauthdDoor {
    /// What becomes of the realm, which libsasl cuts from the login at its last `@`, or fills in where there was none.
    public enum Realm: String, CaseIterable, Sendable {
        /// `ada` in the realm `example.com` is `ada@example.com`, as with saslauthd's own `-r`. A login with an `@` stays as it is.
        case join
        /// The login alone counts: for relying servers that fill in their own host name.
        case ignore
        /// As `join`, and a name without a realm is refused.
        case require
    }

    public struct Configuration: Sendable {
        public var realm: Realm

        public init(realm: Realm = .join) {
            self.realm = realm
        }
    }
}

extension SaslauthdDoor.Realm {
    /// The name to verify; nil if it has no realm and must have one. One name only: tried with and without its realm, the password of
    /// one account could open another.
    func authcid(login: String, realm: String?) -> String? {
        let isQualified = login.utf8.contains(UInt8(ascii: "@"))
        switch self {
        case .ignore: return login
        case .join, .require:
            if let realm, !isQualified { return login + "@" + realm }
            return isQualified || self == .join ? login : nil
        }
    }
}
