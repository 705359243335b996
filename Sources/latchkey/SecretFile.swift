import Foundation
import LatchkeyCore

/// A secret in a file of its own: one line, not for everybody to read.
enum SecretFile {
    /// Octets of a file; no secret is longer.
    static let maximumLength = 1_024

    /// The line without its end. What cannot be wiped is the buffer that the file is read into.
    static func read(_ path: String, minimumLength: Int) throws(SecretFileError) -> Secret {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw SecretFileError(path, "cannot be read: \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SecretFileError(path, "is no file") }
        guard status.st_mode & 0o007 == 0 else {
            throw SecretFileError(path, "is open to everybody: run chmod o= on it")
        }
        guard status.st_size <= maximumLength, let data = FileManager.default.contents(atPath: path) else {
            throw SecretFileError(path, "cannot be read as one line: check that it may be read by this user")
        }
        var line = Array(data)
        if line.last == UInt8(ascii: "\n") { line.removeLast() }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard !line.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            throw SecretFileError(path, "holds more than one line: write the secret alone")
        }
        guard line.count >= minimumLength else {
            throw SecretFileError(
                path,
                "holds \(line.count) characters, and at least \(minimumLength) are needed: make them with openssl rand -hex \(minimumLength)"
            )
        }
        return Secret(line)
    }
}

/// Why a secret cannot be had from its file, in one line with the fix.
struct SecretFileError: Error, CustomStringConvertible {
    let description: String

    init(_ path: String, _ problem: String) {
        description = "\(path) \(problem)"
    }
}
