public import Foundation

/// A directory of its own for one test, removed when the last reference goes.
public final class TemporaryDirectory: Sendable {
    public let url: URL

    public init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "latchkey-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)  // a leftover in the temporary directory harms nobody
    }

    public func path(_ name: String) -> String { url.appending(path: name).path }
}
