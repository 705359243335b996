import Foundation
import Glibc
public import LatchkeyCore

/// A file that holds one secret for another program, as one line of text.
public enum SecretFile {
    public static let maximumLength = 4_096

    /// Without the end of line that editors add. Throws unless the file is its owner's alone and holds at least `minimumLength`
    /// characters.
    public static func load(from path: String, minimumLength: Int = 1) throws(SecretFileError) -> Secret {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SecretFileError(path, "cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        // Of the very file that is read, whatever the path leads to meanwhile.
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SecretFileError(path, "is no file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw SecretFileError(path, "is readable by others: run chmod 600 on it")
        }
        var octets = [UInt8](repeating: 0, count: maximumLength + 1)
        let count = octets.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw SecretFileError(path, "cannot be read: \(String(cString: strerror(errno)))") }
        var line = octets[..<count]
        while let last = line.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { line.removeLast() }
        guard !line.isEmpty, line.count < maximumLength, line.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            throw SecretFileError(path, "does not hold one line of plain ASCII text")
        }
        guard line.count >= minimumLength else {
            throw SecretFileError(
                path,
                "holds \(line.count) characters, and at least \(minimumLength) are needed: make them with openssl rand -hex \(minimumLength)"
            )
        }
        return Secret(Array(line))
    }
}

/// Why a secret cannot be had from its file, in one line with the fix.
public struct SecretFileError: Error, CustomStringConvertible {
    public let description: String

    init(_ path: String, _ problem: String) {
        description = "\(path) \(problem)"
    }
}
