@testable import Settings

/// The reader of the configuration. Up to the first NUL it is a file, after it the value of a variable. A problem is one line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let parts = UnsafeBufferPointer(start: start, count: count)
        .split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    var environment: [String: String] = [:]
    if parts.count > 1 {
        let value = String(decoding: parts[1], as: UTF8.self)
        for variable in Key.all.compactMap(\.variable) { environment[variable] = value }
    }
    do throws(InvalidSettings) {
        _ = try Settings.parse(yaml: parts.first.map(Array.init) ?? [], name: "latchkey.yaml", environment: environment)
    } catch {
        for problem in error.problems.map(\.description) {
            guard !problem.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
                fatalError("a problem breaks its line: \(problem.debugDescription)")
            }
        }
    }
    return 0
}
