import Foundation
import LatchkeyCore
import NIOCore
import Testing

@testable import Portal

/// Writes the pages with sample data to the folder that `LATCHKEY_GALLERY` names, to be looked at.
@Test("the gallery is written", .enabled(if: ProcessInfo.processInfo.environment["LATCHKEY_GALLERY"] != nil))
func gallery() throws {
    let folder = URL(fileURLWithPath: ProcessInfo.processInfo.environment["LATCHKEY_GALLERY"] ?? "/tmp/gallery")
    let renderer = try Renderer(domain: "example.org")
    for file in renderer.assets.all {
        let url = folder.appendingPathComponent(String(file.url.dropFirst()))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.content.readableBytesView).write(to: url)
    }
    for (name, html) in try Samples(renderer: renderer).pages() {
        try html.write(to: folder.appendingPathComponent("\(name).html"), atomically: true, encoding: .utf8)
    }
}
