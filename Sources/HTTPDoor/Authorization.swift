import LatchkeyCore

/// What an `Authorization` header says (RFC 9110 §11.6.2), as far as this door knows schemes. Scheme names are of any case.
enum Authorization {
    case basic(BasicCredentials)
    case bearer(Secret)

    /// Nil for another scheme, or for credentials that cannot be read: to the client the same as none at all.
    init?(_ value: String) {
        let octets = Array(value.utf8)
        guard let space = octets.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        var start = space
        while start < octets.count, octets[start] == UInt8(ascii: " ") { start += 1 }
        guard start < octets.count else { return nil }
        if Self.matches(octets[..<space], "basic") {
            guard let decoded = Base64.decode(octets[start...]), let credentials = BasicCredentials(decoded) else {
                return nil
            }
            self = .basic(credentials)
        } else if Self.matches(octets[..<space], "bearer") {
            self = .bearer(Secret(Array(octets[start...])))
        } else {
            return nil
        }
    }

    /// Whether `octets` are `scheme`, which is in lower-case letters, in any case.
    private static func matches(_ octets: ArraySlice<UInt8>, _ scheme: StaticString) -> Bool {
        guard octets.count == scheme.utf8CodeUnitCount else { return false }
        return zip(octets, UnsafeBufferPointer(start: scheme.utf8Start, count: scheme.utf8CodeUnitCount))
            .allSatisfy { $0 | 0x20 == $1 }
    }
}

/// The user-id and password of the Basic scheme (RFC 7617 §2).
struct BasicCredentials {
    let authcid: String
    let secret: Secret

    /// Reads `user-id:password`, split at the first colon: a password may hold colons, a user-id may not. Nil without one.
    ///
    /// We ask for UTF-8 (RFC 7617 §2.1), but not every client knows the parameter.
    init?(_ decoded: [UInt8]) {
        let text = decoded.asUTF8
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        authcid = String(decoding: text[..<colon], as: UTF8.self)
        secret = Secret(Array(text[(colon + 1)...]))
    }
}
