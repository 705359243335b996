import ArgumentParser
import Foundation
import LatchkeyCore

/// `--json`.
struct OutputForm: ParsableArguments {
    @Flag(help: "Print one JSON value on standard output.")
    var json = false

    /// Prints `value` as JSON, or `text` for people.
    func print(_ value: some Encodable, text: @autoclosure () -> String) throws {
        if json {
            Swift.print(try Self.encode(value))
        } else {
            Swift.print(text())
        }
    }

    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// Lines of columns, each as wide as its widest cell.
func table(_ header: [String], _ rows: [[String]]) -> String {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
        zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
            .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }.joined(separator: "\n")
}

/// Reads standard input to its end, without the newline that `echo` adds. At most 4 KiB.
func readSecretFromStandardInput() throws -> Secret {
    let data = try FileHandle.standardInput.read(upToCount: 4_096) ?? Data()
    var octets = [UInt8](data)
    while let last = octets.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { octets.removeLast() }
    guard !octets.isEmpty else {
        throw CommandFailure(text: "standard input holds no secret: pipe it in, for example from a file")
    }
    return Secret(octets)
}

/// A span such as `90d`, `12h`, `30m`, `45s` or `1y` (365 days).
struct Span: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_536_000]
        guard let unit = argument.last, let seconds = units[unit], let count = Int(argument.dropLast()), count > 0,
            case let (span, overflow) = count.multipliedReportingOverflow(by: seconds), !overflow
        else { return nil }
        duration = .seconds(span)
    }
}
