import Foundation

enum Repository {
    /// The path of a file of this repository, found from where this file was compiled.
    static func path(_ name: String, thisFile: String = #filePath) -> String {
        URL(filePath: thisFile).deletingLastPathComponent().appending(path: "../../\(name)").standardizedFileURL.path
    }
}
