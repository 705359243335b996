import Glibc
import LatchkeyCore

/// Why what a program handed over is no question.
enum InputFault: Error {
    /// It does not keep to the protocol.
    case misused
    /// Longer than any name and password are.
    case oversized
}

/// What comes on descriptor 3 (https://cr.yp.to/checkpwd/interface.html): a login, a password and a timestamp, each with a NUL behind it.
struct CheckpasswordInput {
    /// Octets. The interface has 512, which a passphrase may exceed.
    static let maximumLength = 2_048

    let login: String
    let secret: Secret

    /// The timestamp is not looked at, nor whether there is one: the first checkpassword does not either.
    init(_ octets: UnsafeRawBufferPointer) throws(InputFault) {
        guard octets.count <= Self.maximumLength else { throw .oversized }
        guard let end = octets.firstNUL(from: 0), let secretEnd = octets.firstNUL(from: end + 1) else { throw .misused }
        login = String(decoding: octets[..<end], as: UTF8.self)
        secret = Secret(UnsafeRawBufferPointer(rebasing: octets[(end + 1)..<secretEnd]))
    }
}

/// What comes on standard input from `pam_exec` with `expose_authtok`: a password, with or without a NUL behind it.
struct PAMInput {
    /// Octets. `pam_exec` passes on 512 (`PAM_MAX_RESP_SIZE`).
    static let maximumLength = Attempt.maximumSecretLength + 2

    let secret: Secret

    /// A line end is taken off too, which a shell's `echo` adds.
    init(_ octets: UnsafeRawBufferPointer) throws(InputFault) {
        guard octets.count <= Self.maximumLength else { throw .oversized }
        var end = octets.count
        if end > 0, octets[end - 1] == 0 { end -= 1 }
        if end > 0, octets[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        let password = UnsafeRawBufferPointer(rebasing: octets[..<end])
        guard password.firstNUL(from: 0) == nil else { throw .misused }
        secret = Secret(password)
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func firstNUL(from start: Int) -> Int? {
        guard start < count, let base = baseAddress, let found = memchr(base + start, 0, count - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }
}
