import Crypto
import Foundation
import Glibc

/// The key that every other key is derived from. It lives in a file of its own beside the database, readable by the owner
/// alone, and in no backup of the database.
///
/// The file: one line a key, `latchkey-master-key ID BASE64` with 32 octets; the first is current, others are older ones.
public struct MasterKey: Sendable {
    public static let length = 32
    /// The current key and at most this many older ones.
    public static let maximumCount = 4

    let id: Int
    let key: SymmetricKey

    /// Makes a key and writes it to a new file of mode 0600. Throws `MasterKeyError` if there is one.
    public static func create(at path: String) throws -> [MasterKey] {
        let key = SymmetricKey(size: .bits256)
        let encoded = key.withUnsafeBytes { Data($0).base64EncodedString() }
        let line = "\(marker) 1 \(encoded)\n"
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw MasterKeyError(path, "cannot be created: \(String(cString: strerror(errno)))")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data(line.utf8))
        // The app passwords hashed under it are worth nothing without it: it is on the disk before it is first used.
        try file.synchronize()
        return [MasterKey(id: 1, key: key)]
    }

    /// Throws `MasterKeyError`, whose text says what is wrong with the file and what to do.
    public static func load(from path: String) throws -> [MasterKey] {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw MasterKeyError(
                path, "cannot be read: \(String(cString: strerror(errno))); restore it from its backup")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw MasterKeyError(path, "is readable by others: run chmod 600 on it")
        }
        guard status.st_size <= 4_096, let data = FileManager.default.contents(atPath: path),
            let text = String(validating: data, as: UTF8.self)
        else { throw MasterKeyError(path, "cannot be read as text of at most 4 KiB; restore it from its backup") }
        return try parse(text, path: path)
    }

    private static func parse(_ text: String, path: String) throws -> [MasterKey] {
        let lines = text.split(whereSeparator: \.isNewline)
        let keys = lines.compactMap { line -> MasterKey? in
            let fields = line.split(separator: " ")
            guard fields.count == 3, fields[0] == marker, let id = Int(fields[1]), id > 0,
                let octets = Data(base64Encoded: String(fields[2])), octets.count == length
            else { return nil }
            return MasterKey(id: id, key: SymmetricKey(data: octets))
        }
        guard !keys.isEmpty, keys.count == lines.count, keys.count <= maximumCount,
            Set(keys.map(\.id)).count == keys.count
        else { throw MasterKeyError(path, "is no master key file; restore it from its backup") }
        return keys
    }

    private static let marker = "latchkey-master-key"
}

/// Why the master key cannot be used, in one line with the fix.
public struct MasterKeyError: Error, CustomStringConvertible {
    public let description: String

    init(_ path: String, _ problem: String) {
        description = "master key \(path) \(problem)"
    }
}
