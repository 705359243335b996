/// A mechanism that carries the secret itself. One-way storage of app passwords allows no other (no CRAM-MD5, no SCRAM).
public enum Mechanism: String, CaseIterable, Sendable {
    /// RFC 4616.
    case plain = "PLAIN"
    /// draft-murchison-sasl-login; obsolete, and the only one that Outlook speaks.
    case login = "LOGIN"

    /// RFC 4422 §3.1: a mechanism name has at most 20 characters.
    public static let maximumNameLength = 20

    /// Compares without regard to case, as clients write it either way.
    public init?(name: UnsafeRawBufferPointer) {
        if name.matches("PLAIN") {
            self = .plain
        } else if name.matches("LOGIN") {
            self = .login
        } else {
            return nil
        }
    }
}

extension UnsafeRawBufferPointer {
    /// `name` is in upper case ASCII.
    fileprivate func matches(_ name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        for place in 0..<count where self[place] & 0xdf != name.utf8Start[place] { return false }
        return true
    }
}
