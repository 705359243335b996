/// The claims of a token (RFC 7519 §4), read by name and kind. A claim of another kind than its own is a fault, never as if it were absent.
struct Claims {
    private let members: [String: JSONValue]

    init(_ members: [String: JSONValue]) {
        self.members = members
    }

    func has(_ name: Claim) -> Bool { members[name.rawValue] != nil }

    func text(_ name: Claim) throws(TokenFault) -> String? {
        guard let value = members[name.rawValue] else { return nil }
        guard let text = value.string else { throw .malformedClaim(name) }
        return text
    }

    func requiredText(_ name: Claim) throws(TokenFault) -> String {
        guard let text = try text(name) else { throw .missingClaim(name) }
        return text
    }

    func date(_ name: Claim) throws(TokenFault) -> NumericDate? {
        guard let value = members[name.rawValue] else { return nil }
        guard let date = value.number.flatMap(NumericDate.init) else { throw .malformedClaim(name) }
        return date
    }

    func requiredDate(_ name: Claim) throws(TokenFault) -> NumericDate {
        guard let date = try date(name) else { throw .missingClaim(name) }
        return date
    }

    /// A list of texts, or one text alone, as `aud` may be written. Empty if it is absent.
    func texts(_ name: Claim) throws(TokenFault) -> [String] {
        guard let value = members[name.rawValue] else { return [] }
        guard let texts = Self.texts(value) else { throw .malformedClaim(name) }
        return texts
    }

    func object(_ name: Claim) throws(TokenFault) -> [String: JSONValue]? {
        guard let value = members[name.rawValue] else { return nil }
        guard let object = value.object else { throw .malformedClaim(name) }
        return object
    }

    /// Yes only if it is plainly said: `true`, or the text `"true"` that some providers write.
    func affirms(_ name: Claim) -> Bool {
        switch members[name.rawValue] {
        case .boolean(true), .string("true"): true
        default: false
        }
    }

    /// A text for people to read: nil as well if it is of another kind, too long for a line or no single one. Such a claim is not
    /// worth refusing anybody for.
    func line(_ name: Claim) -> String? {
        guard let text = members[name.rawValue]?.string, (1...Self.maximumLineLength).contains(text.utf8.count),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { return nil }
        return text
    }

    /// Of a name or address, in octets: an address has at most 254 (RFC 5321 §4.5.3.1.3).
    static let maximumLineLength = 255

    /// What the configured claim holds, a list of texts or one text; nil if it is absent or of another kind.
    func texts(named name: String) -> [String]? {
        members[name].flatMap(Self.texts)
    }

    private static func texts(_ value: JSONValue) -> [String]? {
        if let text = value.string { return [text] }
        guard let values = value.array else { return nil }
        let texts = values.compactMap(\.string)
        return texts.count == values.count ? texts : nil
    }
}

/// The claims that are read (RFC 7519 §4.1, OIDC Core §2 and §5.1, Back-Channel Logout §2.4; `tid`, `oid` and the overage claims are Entra's).
public enum Claim: String, Hashable, Sendable {
    case iss, sub, aud, exp, iat, nbf, jti, nonce, azp, amr, acr, sid, events, tid, oid, email, name, hasgroups
    case authTime = "auth_time"
    case accessTokenHash = "at_hash"
    case emailVerified = "email_verified"
    case preferredUsername = "preferred_username"
    case claimNames = "_claim_names"
}
