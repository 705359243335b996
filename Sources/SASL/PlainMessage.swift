import LatchkeyCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The one message of PLAIN (RFC 4616 §2): `[authzid] NUL authcid NUL passwd`.
enum PlainMessage {
    /// An authzid, an authcid, a secret and two NULs.
    static let maximumLength = 2 * Attempt.maximumAuthcidLength + Attempt.maximumSecretLength + 2

    static func read(_ message: UnsafeRawBufferPointer) -> ServerExchange.Step {
        guard message.count <= maximumLength, let first = message.firstNUL(from: 0),
            let second = message.firstNUL(from: first + 1), message.firstNUL(from: second + 1) == nil
        else { return .failed(.malformed) }
        let authzid = UnsafeRawBufferPointer(rebasing: message[..<first])
        let name = UnsafeRawBufferPointer(rebasing: message[(first + 1)..<second])
        let secret = UnsafeRawBufferPointer(rebasing: message[(second + 1)...])
        guard let authcid = Authcid.read(name), (1...Attempt.maximumSecretLength).contains(secret.count) else {
            return .failed(.malformed)
        }
        guard authzid.isEmpty || authzid.hasSameOctets(as: name) else {
            return .failed(.foreignAuthzid(authcid: authcid))
        }
        return .finished(authcid: authcid, Secret(secret))
    }
}

/// The name that a client proves to be its own (RFC 4422 §2).
public enum Authcid {
    /// Nil if it is empty, longer than 320 octets, not UTF-8, or holds a control character (C0, DEL or C1): these would
    /// break the line, the field or the log that the name is later written into.
    public static func read(_ octets: UnsafeRawBufferPointer) -> String? {
        guard (1...Attempt.maximumAuthcidLength).contains(octets.count) else { return nil }
        var isASCII = true
        for octet in octets {
            if octet < 0x20 || octet == 0x7f { return nil }
            if octet >= 0x80 { isASCII = false }
        }
        if isASCII { return String(decoding: octets, as: UTF8.self) }
        guard let name = String(validating: octets, as: UTF8.self),
            !name.unicodeScalars.contains(where: { (0x80...0x9f).contains($0.value) })
        else { return nil }
        return name
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func firstNUL(from start: Int) -> Int? {
        guard start < count, let base = baseAddress, let found = memchr(base + start, 0, count - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }

    fileprivate func hasSameOctets(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let base = baseAddress, let otherBase = other.baseAddress else { return true }
        return memcmp(base, otherBase, count) == 0
    }
}
